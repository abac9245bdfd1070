"""Prepare, train, evaluate; explain and register what is good enough. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.model_training.algorithms.table import OWN, SCRIPT
from stacks.model_training.pipeline.plan import INPUT, OUTPUT, PACKAGE, Plan
from stacks.model_training.pipeline.preparation import PREPARE, preparation_step
from stacks.model_training.pipeline.processing import MANIFEST, PREFIX, processing_step
from stacks.model_training.pipeline.references import Value, figure, joined, output_of, parameter
from stacks.model_training.pipeline.registration import Reports, registration_step
from stacks.model_training.pipeline.training import Trained, learning_step, trained

VERSION = "2020-12-01"
# By name, what each execution is told, and what for.
PARAMETERS: Mapping[str, str] = {
    "ManifestUri": "the lake's document about the training set",
    "TrainingFiles": "the list of it and its files, as SageMaker reads such lists",
    "ChampionFiles": "the list of what is known of the model approved last",
    "ContentHash": "the name of what the rows say",
    "SnapshotId": "the snapshot that holds them",
}
PACK, EVALUATE = "Pack", "Evaluate"
CONDITION, EXPLAIN, REGISTER = "BetterThanChampion", "Explain", "Register"
GOOD_ENOUGH = "GoodEnough"


def definition(plan: Plan) -> dict[str, Any]:
    """Write the whole definition.

    What our own jobs can open is compared with the champion on the same rows, explained, and then
    registered. Of another algorithm's model only its container knows what it tells, so that it is
    registered by what the algorithm itself tells of it, and a person judges it.
    """
    found: dict[str, Any] = {
        "Version": VERSION,
        "Metadata": {},
        "Parameters": _parameters(plan),
        "Steps": _judged(plan) if plan.learning.algorithm.is_ours else _told(plan),
    }
    if tracked := plan.experiments:
        found["MlflowConfig"] = {
            "MlflowResourceArn": tracked.app,
            "MlflowExperimentName": tracked.name,
        }
    return found


def _parameters(plan: Plan) -> list[dict[str, str]]:
    """Where people bring the rows, nothing has to be told, and a person may start it."""
    default = {"DefaultValue": "by-hand"} if plan.learning.algorithm.rows == OWN else {}
    return [{"Name": name, "Type": "String", **default} for name in PARAMETERS]


def _judged(plan: Plan) -> list[dict[str, Any]]:
    found, steps = trained(plan), [preparation_step(plan), learning_step(plan, prepared_by=PREPARE)]
    if plan.learning.algorithm.name != SCRIPT:
        steps.append(_pack(plan, found))
        packed = joined(output_of(PACK, "packed"), "model.tar.gz")
        found = Trained(found.step, packed, found.job)
    return [*steps, _evaluate(plan, found), _condition(plan, found)]


def _told(plan: Plan) -> list[dict[str, Any]]:
    algorithm, found = plan.learning.algorithm, trained(plan)
    steps = [] if algorithm.rows == OWN else [preparation_step(plan)]
    steps.append(learning_step(plan, prepared_by=PREPARE))
    register = registration_step(plan, REGISTER, found)
    if not plan.learning.bounds:
        return [*steps, register]
    compared = [
        {
            "Type": _AT[algorithm.measures[name]],
            "LeftValue": found.measure(name),
            "RightValue": bound,
        }
        for name, bound in plan.learning.bounds.items()
    ]
    return [*steps, _condition_step(GOOD_ENOUGH, compared, [register])]


def _pack(plan: Plan, found: Trained) -> dict[str, Any]:
    """Give what AWS's own XGBoost has learned all that travels with a model of ours."""
    return processing_step(
        plan,
        PACK,
        plan.jobs["evaluate"],
        module=f"{PACKAGE}.pack",
        arguments=[
            *("--model", f"{INPUT}/model", "--signature", f"{INPUT}/signature"),
            *("--rows", f"{INPUT}/validation", "--out", f"{OUTPUT}/packed"),
        ],
        inputs={
            "model": (PREFIX, found.model),
            **{name: (PREFIX, output_of(PREPARE, name)) for name in ("signature", "validation")},
        },
        outputs={"packed": plan.place("packed")},
    )


def _evaluate(plan: Plan, found: Trained) -> dict[str, Any]:
    return processing_step(
        plan,
        EVALUATE,
        plan.jobs["evaluate"],
        module=f"{PACKAGE}.evaluate",
        arguments=[
            *("--model", f"{INPUT}/model", "--rows", f"{INPUT}/test"),
            *("--groups", f"{INPUT}/groups", "--champion", f"{INPUT}/champion"),
            *("--out", f"{OUTPUT}/evaluation", *_options(plan)),
        ],
        inputs={**_tested(found), "champion": (MANIFEST, parameter("ChampionFiles"))},
        outputs={"evaluation": plan.place("evaluation")},
        files={"Evaluation": ("evaluation", "evaluation.json")},
    )


def _explain(plan: Plan, found: Trained) -> dict[str, Any]:
    return processing_step(
        plan,
        EXPLAIN,
        plan.jobs["evaluate"],
        module=f"{PACKAGE}.explain",
        arguments=[
            *("--model", f"{INPUT}/model", "--rows", f"{INPUT}/test"),
            *("--train", f"{INPUT}/train"),
            *("--groups", f"{INPUT}/groups", "--out", f"{OUTPUT}/explanation", *_options(plan)),
        ],
        inputs={**_tested(found), "train": (PREFIX, output_of(PREPARE, "train"))},
        outputs={"explanation": plan.place("explanation")},
    )


def _tested(found: Trained) -> dict[str, tuple[str, Value]]:
    return {
        "model": (PREFIX, found.model),
        "test": (PREFIX, output_of(PREPARE, "test")),
        "groups": (PREFIX, output_of(PREPARE, "groups")),
    }


def _options(plan: Plan) -> list[Value]:
    return ["--threshold", str(plan.threshold), "--fewest", str(plan.fewest)]


def _condition(plan: Plan, found: Trained) -> dict[str, Any]:
    """Go on only with what is good in itself, and better than what was approved last."""
    least = {"gate.auc": plan.least_auc, "gate.gain": plan.least_gain}
    compared = [
        {
            "Type": _AT["most"],
            "LeftValue": figure(EVALUATE, "Evaluation", path),
            "RightValue": value,
        }
        for path, value in least.items()
    ]
    reports = Reports(judged_by=EVALUATE, explained_by=EXPLAIN)
    register = registration_step(plan, REGISTER, found, reports)
    return _condition_step(CONDITION, compared, [_explain(plan, found), register])


def _condition_step(
    name: str, compared: list[dict[str, Any]], then: list[dict[str, Any]]
) -> dict[str, Any]:
    arguments = {"Conditions": compared, "IfSteps": then, "ElseSteps": []}
    return {"Name": name, "Type": "Condition", "Arguments": arguments}


# By which end of a measure is the best, how it is compared with its bound.
_AT = {"most": "GreaterThanOrEqualTo", "least": "LessThanOrEqualTo"}
