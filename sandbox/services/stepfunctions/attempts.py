"""Retry and Catch: how often a state tries, how long it waits between, where it goes at last."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.services.stepfunctions import engine, fields
from sandbox.services.stepfunctions.failures import StateError
from sandbox.services.stepfunctions.flows import Left, Visit

_YEAR = 31_622_400.0  # seconds; no delay is longer
_chance = random.SystemRandom()


async def persist(visit: Visit, attempt: Callable[[], Awaitable[Any]]) -> Left:
    """Try until there is a result, as the state's Retry says; else leave by its Catch."""
    tried: Counter[int] = Counter()
    while True:
        try:
            return fields.finish(visit, await attempt())
        except StateError as error:
            failure = error
        number, retrier = _first(visit.state.get("Retry") or (), failure)
        if retrier is None or tried[number] >= retrier.get("MaxAttempts", 3):
            break
        await engine.pause(delay(retrier, tried[number]))
        tried[number] += 1
        visit.retries = tried.total()
    _, catcher = _first(visit.state.get("Catch") or (), failure)
    if catcher is None:
        raise failure
    return fields.caught(visit, catcher, failure)


def delay(retrier: Mapping[str, Any], tried: int) -> float:
    """Return the seconds to wait before the next attempt."""
    try:
        grown = float(retrier.get("BackoffRate", 2.0)) ** tried
    except OverflowError:
        grown = _YEAR
    seconds = float(retrier.get("IntervalSeconds", 1)) * grown
    seconds = min(seconds, float(retrier.get("MaxDelaySeconds", _YEAR)), _YEAR)
    return _chance.uniform(0, seconds) if retrier.get("JitterStrategy") == "FULL" else seconds


def _first(
    rules: "list[Mapping[str, Any]] | tuple[()]", failure: StateError
) -> tuple[int, Mapping[str, Any] | None]:
    return next(((n, rule) for n, rule in enumerate(rules) if failure.meets(rule)), (-1, None))
