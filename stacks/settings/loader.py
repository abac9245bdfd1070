"""Read ``config/*.toml``: the shared sections, and one for each architecture of the registry."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError, create_model

from stacks import registry
from stacks.settings.errors import SettingsError, explain
from stacks.settings.fields import Section
from stacks.settings.shared import Queries, Retention, Shared, SharedSections

CONFIG = Path(__file__).parents[2] / "config"
DEFAULT = "default"
COMMAND_LINE = "-c"
STAGE_NAME = re.compile(r"^[a-z][a-z0-9]{0,15}$")  # becomes part of names that AWS limits
# Shared sections whose keys an architecture's section may hold too, for itself alone.
OVERRULED: dict[str, type[Section]] = {"retention": Retention, "queries": Queries}

Own = TypeVar("Own", bound=Section)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the files hold: what is shared, and the section of each architecture."""

    shared: Shared
    sections: tuple[Section, ...]

    def of(self, kind: type[Own]) -> Own:
        """Return the section of one architecture, by its class."""
        return next(section for section in self.sections if type(section) is kind)


@cache
def _model(architectures: tuple[str, ...]) -> type[SharedSections]:
    own = {registry.snake_case(name): registry.settings_of(name) for name in architectures}
    fields: dict[str, Any] = {section: (kind, ...) for section, kind in own.items()}
    return create_model("Sections", __base__=SharedSections, **fields)


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
    model = _model(tuple(registry.ARCHITECTURES))
    inherited = _inherit(merged, model)
    try:
        found = dict(model.model_validate(merged))
    except ValidationError as error:
        raise SettingsError(explain(error, model, origin, told_elsewhere=inherited)) from None
    shared = {name: found.pop(name) for name in SharedSections.model_fields}
    return Settings(shared=Shared(stage=stage or "", **shared), sections=tuple(found.values()))


def _inherit(merged: dict[str, Any], model: type[SharedSections]) -> set[tuple[str, ...]]:
    """Fill in what an architecture's section leaves to a shared one; return which keys."""
    inherited: set[tuple[str, ...]] = set()
    for section in model.model_fields.keys() - SharedSections.model_fields.keys():
        own, kind = merged.get(section), model.model_fields[section].annotation
        for shared, keys in OVERRULED.items():
            values = merged.get(shared)
            if isinstance(own, dict) and isinstance(kind, type) and issubclass(kind, keys):
                for key in keys.model_fields.keys() - own.keys():
                    inherited.add((section, key))
                    if isinstance(values, dict) and key in values:
                        own[key] = values[key]
    return inherited


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
