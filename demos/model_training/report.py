"""What the demo of ModelTraining shows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from costs.model_training import per_execution, per_month
from demos.model_training.diagram import DIAGRAM
from demos.model_training.executions import Execution
from demos.report.blocks import Bar, Bars, Check, Figure, Inline, Line, Lines, Table, Text
from demos.report.closing import CDK, EMULATOR
from demos.report.sections import Report, Section, StandIn
from fixtures.training_set import TrainingSet

NAME = "ModelTraining"
JOBS = (
    "Processes of this machine, each in a folder that stands for /opt/ml and without a network; "
    "the scripts are those that are deployed, XGBoost is the release of AWS's image."
)


class Sets(NamedTuple):
    """What a lake has by and by; ``thin`` is too small to learn much of."""

    first: TrainingSet
    more: TrainingSet
    thin: TrainingSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened: four executions, and what was registered by the end."""

    sets: Sets
    first: Execution
    started: int  # executions after the same news had come four times
    more: Execution
    thin: Execution
    damaged: Execution
    records: Sequence[Mapping[str, Any]]
    packages: Sequence[Mapping[str, Any]]


def report(story: Story) -> Report:
    """Set what came out against what has to."""
    evaluation = story.first.reports.get("evaluation.json", {})
    auc = (evaluation.get("candidate") or {}).get("auc") or 0.0
    return Report(
        name=NAME,
        title="Model training",
        summary=f"Four training sets, {len(story.packages)} models registered.",
        ran_at=datetime.now(UTC),
        figures=[
            Figure("training sets", 4),
            Figure("models registered", len(story.packages)),
            Figure("area under the curve", round(auc, 3)),
        ],
        checks=checks(story),
        praise="each training set was trained on once, and only what is better was registered",
        because="The rows are made up, so that the best possible scores are known.",
        sections=_sections(story),
        beside="and the jobs' own processes",
        costs=[*per_execution(), *per_month()],
        counted="one training set and a month at rest, by the model",
        stand_ins=[
            CDK,
            StandIn("SageMaker's jobs", True, JOBS),
            StandIn("SageMaker's pipelines and registry", False, "Our own, by AWS's API."),
            StandIn("S3, SQS, EventBridge, KMS, IAM", False, EMULATOR),
        ],
        synthetic=(),
        responsible_use=[
            "A package waits for a person's approval: read its bias report first.",
            "Groups are stores and age bands; a group with few rows is told and not scored.",
        ],
    )


def checks(story: Story) -> list[Check]:
    """Compare."""
    more, thin = (e.reports.get("evaluation.json", {}) for e in (story.more, story.thin))
    explained = story.first.reports.get("explainability.json", {})
    strongest = [f["feature"] for f in explained.get("features", ())][:3]
    best = {"basket_touches", "seconds"} <= set(strongest)
    failed = [step for record in story.records for step in record["steps"]]
    registered = [p["CustomerMetadataProperties"]["content_hash"][:8] for p in story.packages]
    wanted = [
        s.content_hash[:8]
        for s, e in ((story.sets.first, story.first), (story.sets.more, story.more))
        if e.steps.get("Register", ("",))[0] == "Succeeded"
    ]
    compared = (more.get("champion") or {}).get("package", "none")
    return [
        _check("The first training set", "Succeeded", story.first.status, "see its steps"),
        _check("Executions after the same news four times", "1", str(story.started), "told twice"),
        _check(
            "What the second model was compared with",
            story.packages[0]["ModelPackageArn"] if story.packages else "a package",
            compared,
            "the package that was approved",
        ),
        _check(
            "Packages, by the content that they were trained on",
            ", ".join(wanted),
            ", ".join(registered),
            "a package without an execution that registered it, or the other way round",
        ),
        _check(
            "The model of too few visits",
            "judged, not registered",
            "judged, not registered"
            if thin.get("gate") and "Register" not in thin_steps(story)
            else "registered",
            "see the condition's figures",
        ),
        _check(
            "What labels were drawn by is found",
            "basket_touches and seconds among the three strongest",
            "basket_touches and seconds among the three strongest" if best else str(strongest),
            "see the contributions",
        ),
        _check(
            "Files that are not what their manifest says",
            "Failed: Prepare",
            f"{story.damaged.status}: {', '.join(step['step'] for step in failed)}",
            "see the record",
        ),
    ]


def thin_steps(story: Story) -> list[str]:
    """Name the steps of the model of too few visits that succeeded."""
    return [name for name, (status, _) in story.thin.steps.items() if status == "Succeeded"]


def _check(what: str, expected: str, found: str, advice: str) -> Check:
    return Check(what=what, expected=expected, found=found, advice=f"{found}: {advice}")


def _sections(story: Story) -> list[Section]:
    runs = {"first": story.first, "more": story.more, "too few": story.thin}
    evaluated = {n: e.reports["evaluation.json"] for n, e in runs.items() if e.reports}
    rows = [
        [
            name,
            found["candidate"]["rows"],
            _shown(found["candidate"]["auc"]),
            _shown(found["candidate"]["log_loss"]),
            _shown((found["champion"] or {}).get("auc")),
            found["champion_told"],
        ]
        for name, found in evaluated.items()
    ]
    steps: list[list[Inline]] = [
        [name, step, status, round(seconds, 1)]
        for name, run in {**runs, "damaged": story.damaged}.items()
        for step, (status, seconds) in run.steps.items()
    ]
    features = story.first.reports.get("explainability.json", {}).get("features", [])[:10]
    strongest = max((f["mean_absolute"] for f in features), default=1.0)
    confusion = evaluated["first"]["candidate"]["confusion"] if "first" in evaluated else {}
    curves = [Line(name, [(x, y) for x, y in found["roc"]]) for name, found in evaluated.items()]
    disparities = story.first.reports.get("bias.json", {}).get("disparities", [])
    reasons = [
        [step["step"], step["reason"]] for record in story.records for step in record["steps"]
    ]
    return [
        Section(
            "models",
            "Models",
            "Each was judged by the rows of its own test split, and the approved one by the same.",
            [
                Table(
                    "Scores",
                    ["Training set", "Rows", "AUC", "Log loss", "Approved one's AUC", "+Told"],
                    rows,
                ),
                Lines("ROC of the test splits", curves, 1, 1, "false positives", "true positives"),
                Table(
                    "The first model's confusion at its threshold",
                    ["Outcome", "Rows"],
                    [[k.replace("_", " "), v] for k, v in confusion.items()],
                ),
            ],
            brief=True,
        ),
        Section(
            "reasons",
            "What predictions come from",
            "Mean absolute SHAP values of the first model, in log odds.",
            [
                Bars(
                    "Contributions",
                    [Bar(f["feature"], round(f["mean_absolute"], 3)) for f in features],
                    strongest,
                    "log odds",
                ),
                Table(
                    "How groups are treated",
                    ["Group", "Values", "Difference of yes", "Ratio of yes", "Four fifths"],
                    [
                        [
                            d["group"],
                            d["values"],
                            _shown(d["yes_difference"]),
                            _shown(d["yes_ratio"]),
                            str(d["four_fifths"]),
                        ]
                        for d in disparities
                    ],
                ),
            ],
        ),
        Section(
            "steps",
            "What ran",
            "Steps of the four executions.",
            [Table("Steps", ["Training set", "Step", "Ended", "Seconds"], steps)],
        ),
        Section(
            "failure",
            "What failed, and its record",
            "One file was replaced by another one's content.",
            [Table("Reasons", ["Step", "Reason"], reasons), Text(["It is redriven once mended."])],
        ),
        Section("picture", "Picture", "What there is.", [DIAGRAM]),
    ]


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
