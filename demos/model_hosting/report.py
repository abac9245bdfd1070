"""What the demo of ModelHosting shows. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from costs.model_hosting import per_million, per_month
from demos.model_hosting.diagram import DIAGRAM
from demos.report.blocks import Check, Figure, Table
from demos.report.closing import CDK, EMULATOR
from demos.report.sections import Report, Section, StandIn

NAME = "ModelHosting"
SERVERS = (
    "Processes of this machine without a network, one for each instance; the handlers are those "
    "that are deployed, XGBoost is the release of AWS's image."
)

HEADS = ["Approved", "How it ended", "Version that answers", "Requests", "Not answered"]


class Moment(NamedTuple):
    """An approval: how its deployment ended, and what was answered afterwards.

    ``right`` tells whether the known rows of the model that ought to serve were answered so.
    """

    model: str
    ended: str
    answers: tuple[tuple[int, Mapping[str, Any]], ...]
    version: str | None
    right: bool

    @property
    def failed(self) -> int:
        """Count the requests that were not answered."""
        return sum(status != 200 for status, _ in self.answers)


class Approvals(NamedTuple):
    """What came of each approval, and the records of those that failed."""

    moments: Sequence[Moment]
    records: Sequence[Mapping[str, Any]]


def report(approvals: Approvals) -> Report:
    """Set what came out against what has to."""
    moments, records = approvals
    asked = sum(len(moment.answers) for moment in moments)
    rows: list[list[str | int]] = [
        [m.model, m.ended, m.version or "", len(m.answers), m.failed] for m in moments
    ]
    table = Table("Approvals", HEADS, rows)
    return Report(
        name=NAME,
        title="Model hosting",
        summary=f"Three approvals, {asked} requests.",
        ran_at=datetime.now(UTC),
        figures=[
            Figure("approvals", len(moments)),
            Figure("requests", asked),
            Figure("not answered", sum(moment.failed for moment in moments)),
        ],
        checks=checks(moments, records),
        praise="the bad model was refused before it had traffic, and nobody who asked noticed",
        because="Known rows travel with each model; answers were held to those of the right one.",
        sections=[
            Section("approvals", "Approvals", "One after the other.", [table], brief=True),
            Section("picture", "Picture", "What ran.", [DIAGRAM]),
        ],
        beside="and the models' own processes",
        costs=[*per_month(), *per_million()],
        counted="a month with two instances, and a million requests, by the model",
        stand_ins=[
            CDK,
            StandIn("SageMaker's endpoints", True, SERVERS),
            StandIn("SageMaker's API, Application Auto Scaling", False, "Our own, by AWS's API."),
            StandIn("API Gateway, Lambda, Step Functions, S3, KMS, IAM", False, EMULATOR),
        ],
        synthetic=(),
        responsible_use=[
            "A model is approved by a person: read its bias report first.",
            "Captured requests may be personal: they are sampled, encrypted, and expire.",
        ],
    )  # fmt: skip


def checks(moments: Sequence[Moment], records: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Compare."""
    versions = [moment.version for moment in moments]
    errors = [record["error"] for record in records]
    return [
        Check(
            what="Versions that answer after each approval",
            expected="1, 1, 3",
            found=", ".join(map(str, versions)),
            advice="look at the executions of the machine that deploys",
        ),
        Check(
            what="Answers of known rows",
            expected="right, right, right",
            found=", ".join("right" if moment.right else "wrong" for moment in moments),
            advice="another model answers than the one that should: look at the endpoint's log",
        ),
        Check(
            what="Requests that were not answered",
            expected="0",
            found=str(sum(moment.failed for moment in moments)),
            advice="look at the log of the function Predict",
        ),
        Check(
            what="Records of deployments that failed",
            expected="ModelRefused",
            found=", ".join(errors) or "none",
            advice="the bad model was not refused: look at the machine's history",
        ),
    ]
