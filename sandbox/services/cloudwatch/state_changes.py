"""Alarms that change their state, told to who waits for it."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.services.cloudwatch.upstream import cloudwatch

# From an alarm's name and its new state.
Hear = Callable[[str, str], object]
_hearing: list[tuple[tuple[str, str], Hear]] = []


def install() -> None:
    """Hear of every change that is recorded, by evaluation and by SetAlarmState."""
    patching.wrap(
        cloudwatch,
        "_record_history",
        _tell,
        because="a deployment is rolled back, and a variant scaled, when an alarm rings",
    )


def listen(hear: Hear) -> Callable[[], None]:
    """Have ``hear`` called of the account's alarms in this Region, until what is given is called.

    It is called in the midst of an evaluation, so it must not wait.
    """
    entry = (_place(), hear)
    _hearing.append(entry)

    def deafen() -> None:
        if entry in _hearing:
            _hearing.remove(entry)

    return deafen


def current(name: str) -> str | None:
    """Tell the state of an alarm, None where there is none of that name."""
    alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return str(alarm["StateValue"]) if alarm else None


def _tell(original: Callable[..., Any]) -> Callable[..., Any]:
    def record(name: str, old: str, new: str, *rest: Any) -> Any:
        recorded = original(name, old, new, *rest)
        if old != new:
            for place, hear in list(_hearing):
                if place == _place():
                    hear(name, new)
        return recorded

    return record


def _place() -> tuple[str, str]:
    return responses.get_account_id(), responses.get_region()
