"""The typed, validated form of ``config/*.toml``."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from stacks.settings_errors import SettingsError, explain
from stacks.settings_fields import PerSecond, Section
from stacks.settings_retail_demographics import RetailDemographics
from stacks.settings_service_chain import ServiceChain

CONFIG = Path(__file__).parents[1] / "config"
DEFAULT = "default"
COMMAND_LINE = "-c"
STAGE_NAME = re.compile(r"^[a-z][a-z0-9]{0,15}$")  # becomes part of names that AWS limits

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
    """Whether data dies with its stack: only when both keys are turned."""

    data_is_disposable: bool
    destroy_deletes_data: bool

    @property
    def deletes_data(self) -> bool:
        """Say whether both keys are turned."""
        return self.data_is_disposable and self.destroy_deletes_data


class Alarms(Section):
    """When people are told, and who."""

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
        if DEFAULT not in self.detect_faces_per_second:
            raise ValueError("detect_faces_per_second with a key named default")
        return self

    def detect_faces(self, region: str | None) -> float:
        """Return the calls per second in a Region, or the cautious default if it is not known."""
        quotas = self.detect_faces_per_second
        return quotas.get(region or DEFAULT, quotas[DEFAULT])


class Sections(Section):
    """What the files hold."""

    project: Project
    guardrails: Guardrails
    removal: Removal
    alarms: Alarms
    quotas: Quotas
    retail_demographics: RetailDemographics
    service_chain: ServiceChain


class Settings(Sections):
    """All sections, and the stage that they are for ("" for none)."""

    stage: str

    def stack_name(self, name: str) -> str:
        """Name the stack of an architecture so that two stages live in one account and Region."""
        return f"{name}-{self.stage}" if self.stage else name


def load_settings(
    stage: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    config: Path = CONFIG,
) -> Settings:
    """Read the default file, then the stage's, then overrides such as ``{"alarms.errors": "3"}``.

    Raises ``SettingsError`` with one line for each mistake: file, key, value, what is allowed.
    """
    merged: dict[str, Any] = {}
    origin: dict[tuple[str, ...], str] = {}
    for path in _files(stage, config):
        source = f"{config.name}/{path.name}"
        _merge(merged, _read(path, source), source, origin)
    for key, value in (overrides or {}).items():
        nested = _toml_value(value)
        for part in reversed(key.split(".")):
            nested = {part: nested}
        _merge(merged, nested, COMMAND_LINE, origin)
    try:
        sections = Sections.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(explain(error, Sections, origin)) from None
    return Settings(stage=stage or "", **dict(sections))


def _files(stage: str | None, config: Path) -> list[Path]:
    default = config / f"{DEFAULT}.toml"
    if not stage:
        return [default]
    stages = sorted(path.stem for path in config.glob("*.toml") if STAGE_NAME.match(path.stem))
    stages.remove(DEFAULT)
    if stage not in stages:
        raise SettingsError(
            f"stage {stage!r} has no file; allowed: {', '.join(stages)}; "
            f"or write {config.name}/{stage}.toml"
        )
    return [default, config / f"{stage}.toml"]


def _read(path: Path, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{source}: not TOML: {str(error).lower()}; mend that line") from None


def _toml_value(value: Any) -> Any:
    """Read a value of the command line as TOML would, and as plain text where that fails."""
    if not isinstance(value, str):
        return value
    try:
        parsed = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return value
    return parsed["value"] if len(parsed) == 1 else value


def _merge(
    into: dict[str, Any],
    new: Mapping[str, Any],
    source: str,
    origin: dict[tuple[str, ...], str],
    above: tuple[str, ...] = (),
) -> None:
    """Lay one source over the others, table by table, and note where each key came from."""
    for key, value in new.items():
        here = (*above, key)
        origin[here] = source
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value, source, origin, here)
        elif isinstance(value, Mapping):
            into[key] = {}
            _merge(into[key], value, source, origin, here)
        else:
            into[key] = value
