"""What the demo of ModelHosting shows. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from costs.model_hosting import per_million, per_month
from demos.model_hosting.diagram import DIAGRAM
from demos.model_hosting.experiment import Compared
from demos.report.blocks import Block, Check, Figure, Legend, Line, Lines, Table
from demos.report.charts import series
from demos.report.closing import CDK, EMULATOR
from demos.report.sections import Report, Section, StandIn
from operations.experiments import HEADS as HEADS_OF_READOUT

NAME = "ModelHosting"
SERVERS = (
    "Processes of this machine without a network, one for each instance; the handlers are those "
    "that are deployed, XGBoost is the release of AWS's image."
)

COMPARED = "The same callers at each weight; what came true of each visit was told afterwards."
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


class Winner(NamedTuple):
    """How the deployment of the winner alone ended, and which version answers since."""

    ended: str
    version: str | None


class Approvals(NamedTuple):
    """What came of each approval, the records of those that failed, and what was compared."""

    moments: Sequence[Moment]
    records: Sequence[Mapping[str, Any]]
    compared: Compared
    winner: Winner


def report(approvals: Approvals) -> Report:
    """Set what came out against what has to."""
    moments, compared = approvals.moments, approvals.compared
    of_both = [sum(s.variants.values()) + s.failed for s in compared.stretches]
    asked = sum(len(moment.answers) for moment in moments) + sum(of_both)
    rows: list[list[str | int]] = [
        [m.model, m.ended, m.version or "", len(m.answers), m.failed] for m in moments
    ]
    table = Table("Approvals", HEADS, rows)
    return Report(
        name=NAME,
        title="Model hosting",
        summary=f"Four approvals, {asked} requests.",
        ran_at=datetime.now(UTC),
        figures=[
            Figure("approvals", len(moments) + 1),
            Figure("requests", asked),
            Figure("not answered", failed_of(approvals)),
        ],
        checks=checks(approvals),
        praise="the bad model was refused before it had traffic, and nobody who asked noticed",
        because="Known rows travel with each model; answers were held to those of the right one.",
        sections=[
            Section("approvals", "Approvals", "One after the other.", [table], brief=True),
            Section("comparison", "Two models", COMPARED, charts(compared), brief=True),
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


def charts(compared: Compared) -> list[Block]:
    """Draw who answered, and lay out what the readout says."""
    x, marks = 0.0, list[tuple[float, str]]()
    lines: dict[str, list[tuple[float, float]]] = {"Champion": [], "Challenger": []}
    for stretch in compared.stretches:
        count = sum(stretch.variants.values())
        marks.append((x, f"{stretch.percent:g} %"))
        for variant, points in lines.items():
            share = stretch.variants.get(variant, 0) / max(count, 1)
            points += [(x, share), (x + count, share)]
        x += count
    shares = Lines(
        "Traffic by variant",
        [Line(name, points) for name, points in lines.items()],
        max(x, 1.0),
        1.0,
        x_name="requests, one after the other",
        y_name="share of the answers; marked: the weight of the challenger",
        shares=True,
        marks=marks,
        wide=True,
    )
    legend = Legend([(f"fill {series(n)}", "", name) for n, name in enumerate(lines)])
    return [shares, legend, Table("Readout", HEADS_OF_READOUT, compared.rows)]


def failed_of(approvals: Approvals) -> int:
    """Count the requests that were not answered."""
    stretches = approvals.compared.stretches
    return sum(m.failed for m in approvals.moments) + sum(s.failed for s in stretches)


def checks(approvals: Approvals) -> list[Check]:
    """Compare."""
    moments, records, compared, winner = approvals
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
            found=str(failed_of(approvals)),
            advice="look at the log of the function Predict",
        ),
        Check(
            what="Records of deployments that failed",
            expected="ModelRefused",
            found=", ".join(errors) or "none",
            advice="the bad model was not refused: look at the machine's history",
        ),
        Check(
            what="What became of the challenger's traffic",
            expected="begun, 40 %; shifted, 60 %; shifted, 80 %; shifted, 100 %",
            # Whether it may stop is the verdict's to say; when, is a matter of who was asked.
            found="; ".join(r for r in compared.records if not r.startswith("may stop")),
            advice="look at the executions of the machine that shifts",
        ),
        Check(
            what="Callers who went back to the champion while the challenger grew",
            expected=0,
            found=compared.went_back,
            advice="the function Predict does not keep a key: look at its log",
        ),
        Check(
            what="Verdict of the readout",
            expected="better",
            found=compared.verdict,
            advice="look at the readout: truths or captures are missing",
        ),
        Check(
            what="How the winner's deployment ended, and the version that answers",
            expected="SUCCEEDED, 4",
            found=f"{winner.ended}, {winner.version}",
            advice="look at the executions of the machine that deploys",
        ),
    ]
