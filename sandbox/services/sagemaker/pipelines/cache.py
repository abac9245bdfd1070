"""Results of steps that need not be made again: the same step, asked the same, not long ago."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from sandbox.core.clock import CLOCK
from sandbox.services.sagemaker.operations import invalid
from sandbox.services.sagemaker.pipelines.definitions import Step

_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


class Kept(NamedTuple):
    """A result: of which execution, and when."""

    execution: str
    at: float
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]


class Made(Protocol):
    """What a step came to."""

    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]


class Cache:
    """The results of all pipelines, by pipeline, step and arguments."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], Kept] = {}

    def find(self, pipeline: str, step: Step, arguments: Mapping[str, Any]) -> Kept | None:
        """Find a result that a step wants to have again; None when it has to run."""
        longest = expires_after(step)
        found = self._kept.get(_key(pipeline, step, arguments)) if longest is not None else None
        return found if found and CLOCK.time() - found.at <= (longest or 0) else None

    def keep(
        self, pipeline: str, execution: str, step: Step, arguments: Mapping[str, Any], made: Made
    ) -> None:
        """Keep a result, in case a later execution may use it."""
        self._kept[_key(pipeline, step, arguments)] = Kept(
            execution, CLOCK.time(), made.properties, made.metadata
        )

    def clear(self) -> None:
        """Forget all results."""
        self._kept.clear()


def expires_after(step: Step) -> float | None:
    """Read for how many seconds a result serves; None for a step without a cache.

    Raises ServiceError for a duration that is none.
    """
    config = step.given.get("CacheConfig") or {}
    if not config.get("Enabled"):
        return None
    text = str(config.get("ExpireAfter") or "P30D")
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        raise invalid(f"ExpireAfter of step {step.name} is {text}, which is no duration as P30D")
    given = {name: int(value or 0) for name, value in found.groupdict().items()}
    hours = given["days"] * 24 + given["hours"]
    return float((hours * 60 + given["minutes"]) * 60 + given["seconds"])


def _key(pipeline: str, step: Step, arguments: Mapping[str, Any]) -> tuple[str, str, str]:
    return pipeline, step.name, json.dumps([step.kind, arguments], sort_keys=True, default=str)
