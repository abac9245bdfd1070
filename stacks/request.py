"""What a person asked for with ``-c``: the stage, the architectures, settings to override."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stacks.settings.errors import SettingsError

OWN_KEYS = ("stage", "arch")
CDK_MARKS = frozenset("@:/")  # one of these is in every key that CDK itself uses


@dataclass(frozen=True)
class Request:
    """The parts of the context that are ours."""

    stage: str | None = None
    architectures: tuple[str, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)


def read_request(context: Mapping[str, Any]) -> Request:
    """Pick our keys out of a CDK context; refuse one that is neither ours nor CDK's."""
    own = {key: value for key, value in context.items() if not CDK_MARKS & set(key)}
    overrides = {key: own.pop(key) for key in list(own) if "." in key}
    for key in own.keys() - set(OWN_KEYS):
        raise SettingsError(
            f"-c: {key} is {own[key]!r}; allowed: {', '.join(OWN_KEYS)} and section.key of "
            "config/default.toml; write the section before the key"
        )
    names = str(own.get("arch") or "").split(",")
    return Request(
        stage=str(own["stage"]) if own.get("stage") else None,
        architectures=tuple(name.strip() for name in names if name.strip()),
        overrides=overrides,
    )
