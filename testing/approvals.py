"""Made-up approvals, as the demo of ModelHosting would find them."""

from demos.model_hosting.report import Approvals, Moment

ANSWER = {"predictions": [0.25], "variant": "Champion", "model_version": "1"}
ENDED = {
    "first": ("SUCCEEDED", "1"),
    "wrong": ("AskModel: ModelRefused", "1"),
    "second": ("SUCCEEDED", "3"),
}


def approvals() -> Approvals:
    """Make up a good model, one that is refused, and another good one."""
    moments = [
        Moment(name, ended, ((200, ANSWER),) * 2, version, True)
        for name, (ended, version) in ENDED.items()
    ]
    return Approvals(moments, [{"error": "ModelRefused"}])
