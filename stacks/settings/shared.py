"""The sections of ``config/*.toml`` that all architectures share."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.settings.fields import Days, LogDays, PerSecond, Section

DEFAULT_REGION = "default"

Pack = Literal["AwsSolutions", "NIST.800.53.R5", "Serverless", "HIPAA.Security", "PCI.DSS.321"]
RegionName = Annotated[str, StringConstraints(pattern=r"^(default|[a-z]{2,4}(-[a-z]+)+-\d+)$")]


class Project(Section):
    """What every resource of every architecture carries."""

    permissions_boundary: Annotated[str, StringConstraints(pattern=r"^[\w+=,.@/-]*$")]
    tags: dict[str, str]


def _some_once(packs: tuple[str, ...]) -> tuple[str, ...]:
    if not packs or len(set(packs)) < len(packs):
        raise ValueError("a list of at least one rule pack, each once")
    return packs


class Guardrails(Section):
    """Which public rule packs apply."""

    packs: Annotated[tuple[Pack, ...], Field(strict=False), AfterValidator(_some_once)]


class Removal(Section):
    """Whether data is deleted with its stack: only when both keys are turned."""

    data_is_disposable: bool
    destroy_deletes_data: bool

    @property
    def deletes_data(self) -> bool:
        """Say whether both keys are turned."""
        return self.data_is_disposable and self.destroy_deletes_data


class Alarms(Section):
    """When people are notified, and who."""

    email: Annotated[str, StringConstraints(pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")]
    oldest_message_minutes: Annotated[int, Field(ge=1, le=1440)]
    errors: Annotated[int, Field(ge=1, le=10_000)]
    throttles: Annotated[int, Field(ge=1, le=10_000)]


class Quotas(Section):
    """What AWS grants this account; where Regions differ, by Region."""

    comprehend_batch_per_second: PerSecond
    comprehend_detect_per_second: PerSecond
    polly_start_per_second: PerSecond
    transcribe_start_per_second: PerSecond
    translate_text_per_second: PerSecond
    detect_faces_per_second: dict[RegionName, PerSecond]

    @model_validator(mode="after")
    def _has_a_default(self) -> Self:
        if DEFAULT_REGION not in self.detect_faces_per_second:
            raise ValueError("detect_faces_per_second with a key named default")
        return self


class Retention(Section):
    """For how long things are kept. An architecture's own section may say otherwise."""

    result_days: Days
    access_log_days: Days
    log_days: LogDays


class Queries(Section):
    """What a query of Athena may read, and for how long its results are kept; likewise."""

    query_result_days: Annotated[int, Field(ge=1, le=365)]
    query_bytes_cutoff: Annotated[int, Field(ge=10_000_000, le=1_000_000_000_000)]


class SharedSections(Section):
    """What the files hold for all architectures."""

    project: Project
    guardrails: Guardrails
    removal: Removal
    alarms: Alarms
    quotas: Quotas
    retention: Retention
    queries: Queries


class Shared(SharedSections):
    """The shared sections, and the stage that they are for ("" for none)."""

    stage: str

    def stack_name(self, name: str) -> str:
        """Name the stack of an architecture so that two stages live in one account and Region."""
        return f"{name}-{self.stage}" if self.stage else name
