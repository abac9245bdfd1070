"""The settings of model training: its section of ``config/*.toml``."""

import re
from contextlib import suppress
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from stacks.model_training.algorithms import requests
from stacks.model_training.algorithms.fitting import FITTING, Earlier, EarlierMistakeError
from stacks.model_training.algorithms.hyperparameter import Value
from stacks.model_training.algorithms.table import OWN, SCRIPT, Algorithm, algorithms
from stacks.model_training.algorithms.tuning import (
    MOST_JOBS_RAISED,
    MOST_PARALLEL,
    STRATEGIES,
    Tuning,
    objective_of,
)
from stacks.settings.fields import Days, Deliveries, Share, one_of
from stacks.settings.shared import Functions, Retention

# AWS's images of XGBoost that are kept up, by tag, each with the release of the library in it:
# https://github.com/aws/sagemaker-xgboost-container, read on 2026-11-30.
RELEASES = {"3.0-5": "3.0.5"}
OURS = "framework"  # the group of the image of our own jobs
_OLD = re.compile(r"(1|0\.\d+-\d+|1\.\d+-\d+)")


def _image(tag: str) -> str:
    if _OLD.fullmatch(tag):
        raise ValueError(
            f"a tag that AWS has not retired, as this one is: use {', '.join(RELEASES)} instead"
        )
    if tag not in RELEASES:
        raise ValueError(f"one of {', '.join(RELEASES)}, whose release of xgboost is known here")
    return tag


def _instance(kind: str) -> str:
    requests.require_instance(algorithms()[SCRIPT], kind)
    return kind


Kind = Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]
Instance = Annotated[Kind, AfterValidator(_instance)]
Minutes = Annotated[int, Field(ge=5, le=7200)]


class ModelTraining(Retention, Functions):
    """The settings of the architecture of that name.

    What is about an algorithm is held to its line of the table, once the algorithm is known.
    """

    algorithm: Annotated[str, AfterValidator(requests.named)]
    image_tag: Annotated[str, AfterValidator(_image)]
    input_mode: str
    input_format: str
    further_channels: list[str]
    tuning_strategy: Annotated[str, AfterValidator(one_of("one of", STRATEGIES))]
    tuning_ranges: dict[str, dict[str, Any]]
    tuning_jobs: Annotated[int, Field(ge=0, le=MOST_JOBS_RAISED)]
    tuning_objective: str
    hyperparameters: dict[str, Value]
    train_instances: Annotated[int, Field(ge=1, le=20)]
    train_instance_quota: Annotated[int, Field(ge=1, le=10_000)]
    tuning_parallel: Annotated[int, Field(ge=1, le=MOST_PARALLEL)]
    measures: dict[str, float]
    mlflow: bool
    prepare_instance: Instance
    train_instance: Kind
    evaluate_instance: Instance
    serving_instances: Annotated[list[Kind], Field(min_length=1, max_length=20)]
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
    notebook: bool
    notebook_instance: Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]
    notebook_gib: Annotated[int, Field(ge=5, le=16_384)]
    notebook_idle_minutes: Annotated[int, Field(ge=15, le=1440)]
    failure_days: Days
    deliveries: Deliveries

    @property
    def library(self) -> str:
        """The release of xgboost that trains, judges and serves."""
        return RELEASES[self.image_tag]

    @property
    def images(self) -> frozenset[str]:
        """The groups of AWS's images that train, and those of our own jobs."""
        algorithm = self.trained_by
        return frozenset({algorithm.group, *(() if algorithm.rows == OWN else (OURS,))})

    @property
    def trained_by(self) -> Algorithm:
        """The algorithm's line of the table."""
        return algorithms()[self.algorithm]

    @property
    def tuning(self) -> Tuning | None:
        """The search of hyperparameters, if there is one."""
        if not self.tuning_jobs:
            return None
        return Tuning(
            self.tuning_jobs,
            self.tuning_parallel,
            self.tuning_strategy,
            objective_of(self.trained_by, self.tuning_objective),
            self.tuning_ranges,
        )

    @property
    def bounds(self) -> dict[str, float]:
        """What measures of the algorithm's own have to be, for a model to be registered."""
        auc = self.trained_by.auc
        told = self.tuning
        if told and auc.partition(":")[2] == told.objective.partition(":")[2]:
            auc = told.objective  # of the best job no other figure is told
        elif told:
            auc = ""
        return {auc: self.least_auc, **self.measures} if auc else dict(self.measures)

    @field_validator(*FITTING)
    @classmethod
    def _fits_the_algorithm(cls, value: Any, info: ValidationInfo) -> Any:
        """Hold a setting to the algorithm, unless what it depends on is wrong itself."""
        with suppress(EarlierMistakeError):
            FITTING[str(info.field_name)](value, Earlier(info.data))
        return value

    @model_validator(mode="after")
    def _has_both_or_none(self) -> Self:
        if bool(self.subnets) != bool(self.security_groups):
            raise ValueError("subnets and security_groups, both or neither")
        return self
