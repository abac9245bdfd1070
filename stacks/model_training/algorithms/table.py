"""The table of the algorithms that AWS has built in, as ``algorithms.toml`` tells them. Pure."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from stacks.model_training.algorithms.hyperparameter import Hyperparameter

FILE = Path(__file__).with_name("algorithms.toml")
SCHEMA = Path(__file__).parents[3] / "jobs" / "model_training" / "hyperparameters.schema.json"
SCRIPT = "script"  # our own train.py, in AWS's image of XGBoost
XGBOOST = "xgboost"
LABEL_FIRST, DENSE, OWN = "label first", "dense", "own"
ANY, CPU, GPU = "any", "cpu", "gpu"
MANIFEST = "augmented-manifest"


@dataclass(frozen=True, slots=True)
class Algorithm:
    """What AWS says of one; the file says what each member means."""

    name: str
    title: str
    group: str
    repository: str
    tag: str
    rows: str
    channels: Sequence[str]
    formats: Mapping[str, str]
    modes: Sequence[str]
    processors: str
    instances: str
    checkpoints: bool
    measures: Mapping[str, str]
    learns: str
    source: str
    hyperparameters: Mapping[str, Hyperparameter]
    accelerators: Sequence[str] = ()
    auc: str = ""
    scaled: bool = False
    shards: bool = False
    lists: Sequence[str] = ()
    attributes: Sequence[str] = ()
    many_only: Mapping[str, str] = field(default_factory=dict)
    many_modes: Sequence[str] = ()
    requests: Sequence[str] = ()
    answers: Sequence[str] = ()

    @property
    def needed(self) -> list[str]:
        """Name the channels that it does not do without."""
        return [name for name in self.channels if not name.startswith("?")]

    @property
    def counted(self) -> str:
        """Name the hyperparameter that only the job that prepares knows; "" if there is none."""
        return next((h.name for h in self.hyperparameters.values() if h.counted), "")

    @property
    def is_ours(self) -> bool:
        """Tell whether our own jobs open its models: to judge, to explain, to serve."""
        return self.rows == LABEL_FIRST


@cache
def algorithms() -> Mapping[str, Algorithm]:
    """Read the table, by the name that the setting has; our own script is the first."""
    found = {n: _algorithm(n, told) for n, told in _file().items() if n != "refused"}
    return {SCRIPT: _script(found[XGBOOST]), **found}


@cache
def refused() -> Mapping[str, str]:
    """Read which algorithms are refused, each with the reason and what to use instead."""
    found: Mapping[str, str] = _file()["refused"]
    return found


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _algorithm(name: str, told: Mapping[str, Any]) -> Algorithm:
    found = {n: Hyperparameter(n, **members) for n, members in told["hyperparameters"].items()}
    return Algorithm(name=name, **{**told, "hyperparameters": found})


def _script(image: Algorithm) -> Algorithm:
    """Describe our own script, whose hyperparameters are those of the schema that ships with it."""
    told = json.loads(SCHEMA.read_text("utf-8"))["properties"]
    return replace(
        image,
        name=SCRIPT,
        title="train.py, our own",
        channels=["train", "validation", "signature", "code"],
        modes=["File", "FastFile"],
        processors=CPU,
        accelerators=(),
        instances="one",
        measures={
            **{f"{data}:auc": "most" for data in ("validation", "train")},
            **{f"{data}:logloss": "least" for data in ("validation", "train")},
        },
        source="jobs/model_training/hyperparameters.schema.json",
        hyperparameters={name: _of_schema(name, spec) for name, spec in told.items()},
    )


def _of_schema(name: str, spec: Mapping[str, Any]) -> Hyperparameter:
    return Hyperparameter(
        name,
        spec["type"],
        least=spec.get("minimum"),
        above=spec.get("exclusiveMinimum"),
        most=spec["maximum"],
        tuned=name != "checkpoint_seconds",
    )
