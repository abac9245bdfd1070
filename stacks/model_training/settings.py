"""The settings of model training: its section of ``config/*.toml``."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.settings.fields import Days, Deliveries, Share
from stacks.settings.shared import Functions, Retention

SCHEMA = Path(__file__).parents[2] / "jobs" / "model_training" / "hyperparameters.schema.json"
# AWS's images of XGBoost that are kept up, by tag, each with the release of the library in it:
# https://github.com/aws/sagemaker-xgboost-container, read on 2026-11-30.
RELEASES = {"3.0-5": "3.0.5"}
_OLD = re.compile(r"(1|0\.\d+-\d+|1\.\d+-\d+)")
_GRAVITON = re.compile(r"ml\.([a-z]+\d+g[a-z]*|t4g|x2gd|a1)\.")
_NO_FURTHER_GPU = re.compile(r"ml\.(p\d|g\d|trn|inf)")


def _image(tag: str) -> str:
    if _OLD.fullmatch(tag):
        raise ValueError(
            f"a tag that AWS has not retired, as this one is: use {', '.join(RELEASES)} instead"
        )
    if tag not in RELEASES:
        raise ValueError(f"one of {', '.join(RELEASES)}, whose release of xgboost is known here")
    return tag


def _instance(kind: str) -> str:
    if _GRAVITON.match(kind):
        raise ValueError(
            f"an instance of x86: AWS has images {', '.join(RELEASES)} of xgboost for no other"
        )
    if _NO_FURTHER_GPU.match(kind):
        raise ValueError(
            "an instance without accelerators, as train.py grows its trees on processors: "
            "what it costs more would stand idle"
        )
    return kind


@cache
def specifications() -> Mapping[str, Mapping[str, Any]]:
    """Read what each hyperparameter may be, from the schema that ships with the job."""
    found: Mapping[str, Mapping[str, Any]] = json.loads(SCHEMA.read_text("utf-8"))["properties"]
    return found


def _hyperparameters(given: dict[str, int | float]) -> dict[str, int | float]:
    known = specifications()
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"hyperparameters, of which {name} is none: {', '.join(known)}")
        spec, whole = known[name], not isinstance(value, float)
        low = spec.get("minimum", spec.get("exclusiveMinimum"))
        above = value > low or ("minimum" in spec and value == low)
        if not (above and value <= spec["maximum"] and (whole or spec["type"] == "number")):
            kind = "a whole number" if spec["type"] == "integer" else "a number"
            start = "from" if "minimum" in spec else "above"
            raise ValueError(f"for {name} {kind} {start} {low} to {spec['maximum']}")
    return given


Instance = Annotated[
    str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$"), AfterValidator(_instance)
]
Minutes = Annotated[int, Field(ge=5, le=7200)]


class ModelTraining(Retention, Functions):
    """The settings of the architecture of that name."""

    image_tag: Annotated[str, AfterValidator(_image)]
    hyperparameters: Annotated[dict[str, int | float], AfterValidator(_hyperparameters)]
    prepare_instance: Instance
    train_instance: Instance
    evaluate_instance: Instance
    serving_instances: Annotated[list[Instance], Field(min_length=1, max_length=20)]
    volume_gib: Annotated[int, Field(ge=1, le=16_384)]
    processing_minutes: Annotated[int, Field(ge=5, le=1440)]
    training_minutes: Minutes
    spot_minutes: Annotated[int, Field(ge=0, le=7200)]
    subnets: Annotated[
        list[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]+$")]], Field(max_length=16)
    ]
    security_groups: Annotated[
        list[Annotated[str, Field(pattern=r"^sg-[0-9a-f]+$")]], Field(max_length=5)
    ]
    least_auc: Annotated[float, Field(ge=0, le=1)]
    least_gain: Annotated[float, Field(ge=-1, le=1)]
    threshold: Share
    fewest_slice_rows: Annotated[int, Field(ge=1, le=1_000_000)]
    train_schedule: Annotated[str, StringConstraints(pattern=r"^((rate|cron)\([^()]+\))?$")]
    failure_days: Days
    deliveries: Deliveries

    @property
    def library(self) -> str:
        """The release of xgboost that trains, judges and serves."""
        return RELEASES[self.image_tag]

    @model_validator(mode="after")
    def _has_both_or_none(self) -> Self:
        if bool(self.subnets) != bool(self.security_groups):
            raise ValueError("subnets and security_groups, both or neither")
        return self
