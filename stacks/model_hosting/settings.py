"""The settings of model hosting: its section of ``config/*.toml``."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from stacks.model_hosting.batch_settings import BatchSettings
from stacks.model_hosting.deployment_config import Deployment, Way, problem_of
from stacks.model_hosting.drift_settings import DriftSettings
from stacks.model_hosting.hosting_kinds import Feature, Kind, refused
from stacks.model_hosting.kind_settings import KindSettings, kind_problem
from stacks.settings.fields import Days
from stacks.settings.shared import Functions, Retention

SubnetId = Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-f]{8,17}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^sg-[0-9a-f]{8,17}$")]
Seconds = Annotated[int, Field(ge=0, le=3600)]
_GPU = ("ml.g", "ml.p")


class ModelHosting(Retention, Functions, BatchSettings, DriftSettings, KindSettings):
    """The settings of the architecture of that name."""

    kind: Kind
    instance_type: Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9]+\.[a-z0-9]+$")]
    least_instances: Annotated[int, Field(ge=0, le=100)]
    most_instances: Annotated[int, Field(ge=1, le=100)]
    requests_per_instance_minute: Annotated[int, Field(ge=1, le=1_000_000)]
    update: Way
    step_percent: Annotated[int, Field(ge=1, le=100)]
    bake_seconds: Seconds
    keep_old_seconds: Seconds
    capture_percent: Annotated[int, Field(ge=0, le=100)]
    capture_days: Days
    subnets: list[SubnetId]
    security_groups: list[GroupId]
    failed_percent: Annotated[float, Field(ge=0.1, le=100)]
    slow_milliseconds: Annotated[int, Field(ge=1, le=60_000)]
    most_shift: Annotated[float, Field(ge=0.02, le=10)]
    busy_percent: Annotated[int, Field(ge=1, le=100)]
    answer_seconds: Annotated[float, Field(ge=0.5, le=25)]
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)]
    burst: Annotated[int, Field(ge=1, le=5_000)]
    account_logs: bool
    memory_mib: Annotated[int, Field(ge=128, le=10_240)]
    processors: Annotated[int, Field(ge=1, le=192)]
    breaker_failures: Annotated[int, Field(ge=1, le=100)]
    breaker_seconds: Annotated[int, Field(ge=1, le=300)]
    weights_seconds: Annotated[int, Field(ge=1, le=300)]
    challenger_percent: Annotated[int, Field(ge=0, le=99)]
    experiment_percents: list[Annotated[int, Field(ge=1, le=100)]]
    experiment_seconds: Annotated[int, Field(ge=60, le=604_800)]
    experiment_days: Annotated[int, Field(ge=1, le=14)]
    experiment_effect: Annotated[float, Field(ge=0.0001, le=1)]
    experiment_error_rate: Annotated[float, Field(ge=0.001, le=0.5)]
    web_acl: Annotated[str, StringConstraints(pattern=r"^([\w-]{1,128}/[0-9a-f-]{36})?$")]

    @property
    def deployment(self) -> Deployment:
        """How an update shifts traffic."""
        return Deployment(self.update, self.step_percent, self.bake_seconds, self.keep_old_seconds)

    @property
    def watches_drift(self) -> bool:
        """Whether windows are looked at: of one container's requests, where they are captured."""
        return self.kind == "real-time" and self.drift_hours > 0 and self.capture_percent > 0

    @property
    def features(self) -> set[Feature]:
        """What is asked of the kind of hosting."""
        wanted: dict[Feature, bool] = {
            # A serverless endpoint cannot have it; all others do.
            "isolation": self.kind != "serverless",
            "vpc": bool(self.subnets),
            "capture": bool(self.capture_percent),
            "guardrails": self.update in {"canary", "linear"},
            "rolling": self.update == "rolling",
            "variants": bool(self.challenger_percent),
            "autoscaling": self.most_instances > self.least_instances,
            "gpu": self.instance_type.startswith(_GPU),
        }
        return {feature for feature, is_wanted in wanted.items() if is_wanted}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if problem := refused(self.kind, self.features):
            raise ValueError(f"a kind of hosting and what it can do: {problem}")
        if problem := kind_problem(self, self.kind, least_instances=self.least_instances):
            raise ValueError(problem)
        if problem := problem_of(self.deployment, instances=self.least_instances):
            raise ValueError(problem)
        if self.most_instances < self.least_instances:
            raise ValueError("most_instances of at least least_instances")
        if self.experiment_percents != sorted(set(self.experiment_percents)):
            raise ValueError("experiment_percents that grow, such as 40, 60, 80, 100")
        if bool(self.subnets) != bool(self.security_groups):
            raise ValueError("subnets and security_groups both, or neither")
        return self
