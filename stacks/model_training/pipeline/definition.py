"""Prepare, train, evaluate; explain and register what is good enough. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.model_training.pipeline.plan import INPUT, OUTPUT, Plan
from stacks.model_training.pipeline.processing import MANIFEST, PREFIX, processing_step
from stacks.model_training.pipeline.references import Value, figure, of_step, output_of, parameter
from stacks.model_training.pipeline.registration import registration_step
from stacks.model_training.pipeline.training import training_step

VERSION = "2020-12-01"
# By name, what each execution is told, and what for.
PARAMETERS: Mapping[str, str] = {
    "ManifestUri": "the lake's document about the training set",
    "TrainingFiles": "the list of it and its files, as SageMaker reads such lists",
    "ChampionFiles": "the list of what is known of the model approved last",
    "ContentHash": "the name of what the rows say",
    "SnapshotId": "the snapshot that holds them",
}
PREPARE, TRAIN, EVALUATE = "Prepare", "Train", "Evaluate"
CONDITION, EXPLAIN, REGISTER = "BetterThanChampion", "Explain", "Register"
PREPARED = ("train", "validation", "test", "signature", "groups")
PACKAGE = "model_training"


def definition(plan: Plan) -> dict[str, Any]:
    """Write the whole definition."""
    return {
        "Version": VERSION,
        "Metadata": {},
        "Parameters": [{"Name": name, "Type": "String"} for name in PARAMETERS],
        "Steps": [
            _prepare(plan),
            training_step(plan, TRAIN, prepared_by=PREPARE),
            _evaluate(plan),
            _condition(plan),
        ],
    }


def _prepare(plan: Plan) -> dict[str, Any]:
    return processing_step(
        plan,
        PREPARE,
        plan.prepare,
        module=f"{PACKAGE}.prepare",
        arguments=[
            *("--manifest", f"{INPUT}/set/{plan.manifests}", "--rows", f"{INPUT}/set/{plan.rows}"),
            *("--manifest-uri", parameter("ManifestUri"), "--library", plan.library),
            *("--out", OUTPUT),
        ],
        # One by one and not by a prefix, which would need the right to list the lake's bucket.
        inputs={"set": (MANIFEST, parameter("TrainingFiles"))},
        outputs={name: plan.place(name) for name in PREPARED},
    )


def _evaluate(plan: Plan) -> dict[str, Any]:
    return processing_step(
        plan,
        EVALUATE,
        plan.evaluate,
        module=f"{PACKAGE}.evaluate",
        arguments=[
            *("--model", f"{INPUT}/model", "--rows", f"{INPUT}/test"),
            *("--groups", f"{INPUT}/groups", "--champion", f"{INPUT}/champion"),
            *("--out", f"{OUTPUT}/evaluation", *_judged(plan)),
        ],
        inputs={**_tested(), "champion": (MANIFEST, parameter("ChampionFiles"))},
        outputs={"evaluation": plan.place("evaluation")},
        files={"Evaluation": ("evaluation", "evaluation.json")},
    )


def _explain(plan: Plan) -> dict[str, Any]:
    return processing_step(
        plan,
        EXPLAIN,
        plan.evaluate,
        module=f"{PACKAGE}.explain",
        arguments=[
            *("--model", f"{INPUT}/model", "--rows", f"{INPUT}/test"),
            *("--groups", f"{INPUT}/groups", "--out", f"{OUTPUT}/explanation", *_judged(plan)),
        ],
        inputs=_tested(),
        outputs={"explanation": plan.place("explanation")},
    )


def _tested() -> dict[str, tuple[str, Value]]:
    return {
        "model": (PREFIX, of_step(TRAIN, "ModelArtifacts.S3ModelArtifacts")),
        "test": (PREFIX, output_of(PREPARE, "test")),
        "groups": (PREFIX, output_of(PREPARE, "groups")),
    }


def _judged(plan: Plan) -> list[Value]:
    return ["--threshold", str(plan.threshold), "--fewest", str(plan.fewest)]


def _condition(plan: Plan) -> dict[str, Any]:
    """Go on only with what is good in itself, and better than what was approved last."""
    least = {"gate.auc": plan.least_auc, "gate.gain": plan.least_gain}
    return {
        "Name": CONDITION,
        "Type": "Condition",
        "Arguments": {
            "Conditions": [
                {
                    "Type": "GreaterThanOrEqualTo",
                    "LeftValue": figure(EVALUATE, "Evaluation", path),
                    "RightValue": value,
                }
                for path, value in least.items()
            ],
            "IfSteps": [
                _explain(plan),
                registration_step(
                    plan, REGISTER, trained_by=TRAIN, judged_by=EVALUATE, explained_by=EXPLAIN
                ),
            ],
            "ElseSteps": [],
        },
    }
