"""Plans of a training pipeline without a stack, and what stands in a definition made of one."""

from collections.abc import Iterator, Mapping
from typing import Any

from stacks.model_training.algorithms.table import OWN, algorithms
from stacks.model_training.pipeline.plan import Code, Jobs, Learning, Network, Plan
from stacks.model_training.training_pipeline import METRICS

REGISTRY = "account.dkr.ecr.eu-west-1.amazonaws.com"
# What each algorithm does not do without, and an instance that it trains on, where it needs one.
ASKED: Mapping[str, Mapping[str, int | str]] = {
    "script": {"max_depth": 6},
    "k-means": {"k": 8},
    "k-nn": {"k": 5, "sample_size": 1000},
    "pca": {"num_components": 3},
    "lda": {"num_topics": 10, "feature_dim": 5000, "mini_batch_size": 200},
    "blazingtext": {"mode": "supervised"},
    "object2vec": {"enc0_max_seq_len": 50, "enc0_vocab_size": 4000},
    "image-classification": {"num_classes": 4, "num_training_samples": 1000},
    "object-detection": {"num_classes": 4, "num_training_samples": 1000},
}
GPU = "ml.g4dn.xlarge"
PROCESSOR = "ml.m5.large"


def learning(name: str = "script", **changes: Any) -> Learning:
    """Ask an algorithm for no more than it does not do without."""
    found = algorithms()[name]
    told = {
        "algorithm": found,
        "image": f"{REGISTRY}/{found.repository}:{found.tag}",
        "hyperparameters": ASKED.get(name, {}),
        "mode": "File",
        "form": "",
        "further": [],
        "instances": 1,
        "tuning": None,
        "bounds": {},
    }
    return Learning(**{**told, **changes})


def plan(name: str = "script", asked: Mapping[str, Any] | None = None, **changes: Any) -> Plan:
    """Plan a pipeline of an algorithm; ``asked`` is what is asked of it beside."""
    found = learning(name, **(asked or {}))
    phases = ["train"] if found.algorithm.rows == OWN else ["prepare", "train", "evaluate"]
    kind = GPU if found.algorithm.processors == "gpu" else PROCESSOR
    told = {
        "bucket": "artifacts",
        "key": "arn:of:a:key",
        "manifests": "manifests",
        "rows": "training_set/data",
        "image": f"{REGISTRY}/sagemaker-xgboost:3.0-5",
        "library": "3.0.5",
        "code": Code("s3://assets/modules.zip", "s3://assets/script.tar.gz"),
        "learning": found,
        "jobs": {
            phase: Jobs(
                f"arn:aws:iam::{'0' * 12}:role/{phase}", kind if phase == "train" else PROCESSOR, 60
            )
            for phase in phases
        },
        "network": Network([], []),
        "volume_gib": 30,
        "spot_minutes": 30,
        "metrics": METRICS,
        "package_group": "ModelTraining",
        "least_auc": 0.65,
        "least_gain": 0.0,
        "threshold": 0.5,
        "fewest": 50,
        "serving_instances": [PROCESSOR],
    }
    return Plan(**{**told, **changes})


def steps_of(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every step of a definition, those under a condition as well."""
    for step in found["Steps"]:
        yield step
        yield from step["Arguments"].get("IfSteps", [])


def named(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the steps by their names."""
    return {step["Name"]: step for step in steps_of(found)}


def references(value: Any) -> Iterator[str]:
    """List what a value refers to."""
    if isinstance(value, dict):
        if set(value) == {"Get"}:
            yield value["Get"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def filled(value: Any) -> Any:
    """Put texts where an execution would."""
    if isinstance(value, dict):
        if set(value) & {"Get", "Std:Join", "Std:JsonGet"}:
            return "s3://bucket/of/an/execution"
        return {name: filled(part) for name, part in value.items()}
    return [filled(part) for part in value] if isinstance(value, list) else value
