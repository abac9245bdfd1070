"""The sections of ``config/*.toml`` that all architectures share."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.settings.fields import ConcurrentFunctions, Days, LogDays, PerSecond, Section
from stacks.settings.regions import REGIONS

DEFAULT_REGION = "default"

Pack = Literal["AwsSolutions", "NIST.800.53.R5", "Serverless", "HIPAA.Security", "PCI.DSS.321"]
RegionName = Annotated[str, StringConstraints(pattern=r"^(default|[a-z]{2,4}(-[a-z]+)+-\d+)$")]


# What every service takes: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html,
# read on 2026-11-28. IAM holds two keys that differ by case alone for the same.
_TAG_TEXT = re.compile(r"[\w .:/=+@-]*")
_MOST_TAGS = 50


def _tag_key(key: str) -> str:
    if not 1 <= len(key) <= 128 or not _is_tag_text(key):
        raise ValueError(
            "a tag's key of 1 to 128 letters, digits, blanks and _.:/=+-@, "
            "that does not begin with aws:"
        )
    return key


def _tag_value(value: str) -> str:
    if len(value) > 256 or not _is_tag_text(value):
        raise ValueError(
            "a tag's value of at most 256 letters, digits, blanks and _.:/=+-@, "
            "that does not begin with aws:"
        )
    return value


def _is_tag_text(text: str) -> bool:
    return bool(_TAG_TEXT.fullmatch(text)) and not text.lower().startswith("aws:")


def _tags_together(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > _MOST_TAGS or len({key.lower() for key in tags}) < len(tags):
        raise ValueError(f"at most {_MOST_TAGS} tags whose keys differ by more than case")
    return tags


Tags = dict[Annotated[str, AfterValidator(_tag_key)], Annotated[str, AfterValidator(_tag_value)]]


class Project(Section):
    """What every resource of every architecture carries."""

    permissions_boundary: Annotated[str, StringConstraints(pattern=r"^[\w+=,.@/-]*$")]
    tags: Annotated[Tags, AfterValidator(_tags_together)]


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
    pages: Annotated[str, StringConstraints(pattern=r"^(https://\S+|docs)$")]
    oldest_message_minutes: Annotated[int, Field(ge=1, le=1440)]
    errors: Annotated[int, Field(ge=1, le=10_000)]
    throttles: Annotated[int, Field(ge=1, le=10_000)]


class Quotas(Section):
    """What AWS grants this account; where Regions differ, by Region."""

    concurrent_functions: Annotated[int, Field(ge=1, le=100_000)]
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
        unknown = self.detect_faces_per_second.keys() - {DEFAULT_REGION} - REGIONS["rekognition"]
        if unknown:
            raise ValueError(
                f"detect_faces_per_second without {', '.join(sorted(unknown))}, where Rekognition "
                f"is not: it is in {', '.join(sorted(REGIONS['rekognition']))}"
            )
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


class Functions(Section):
    """What an architecture with functions takes of the quota of those that run at once."""

    concurrent_functions: ConcurrentFunctions


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
