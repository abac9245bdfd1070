"""Made-up approvals, as the demo of ModelHosting would find them."""

from demos.model_hosting.experiment import Compared, Stretch
from demos.model_hosting.report import Approvals, Moment, Winner

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
    records = ["begun, 40 %", "shifted, 60 %", "may stop, 60 %", "shifted, 80 %", "shifted, 100 %"]
    stretches = [
        Stretch(40, {"Champion": 70, "Challenger": 50}, 0),
        Stretch(100, {"Challenger": 120}, 0),
    ]
    rows = [("right", "champion", "70", "0.7000", "", "")]
    compared = Compared(stretches, 0, rows, "better", records)
    return Approvals(moments, [{"error": "ModelRefused"}], compared, Winner("SUCCEEDED", "4"))
