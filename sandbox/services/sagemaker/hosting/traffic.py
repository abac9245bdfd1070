"""How traffic moves from an old fleet to a new one: shares, and how long each is looked at."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html

Given = Mapping[str, Any]
DEFAULT: Given = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0},
        "TerminationWaitInSeconds": 0,
    }
}
_LONGEST_SECONDS = 14_400


class PolicyError(Exception):
    """A policy that SageMaker refuses; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """A share of the traffic for the new fleet, then the seconds in which alarms are watched."""

    share: float
    instances: int
    seconds: float
    waits_for: str  # the parameter that says how long
    is_full: bool

    def activating(self) -> str:
        """Say that the traffic is turned on, as SageMaker does."""
        return f"Activating traffic on {self._capacity()}."

    def baking(self) -> str:
        """Say that it is looked at, as SageMaker does."""
        return (
            f"Baking for {self.seconds:g} seconds ({self.waits_for}) with traffic enabled on "
            f"{self._capacity()}."
        )

    def _capacity(self) -> str:
        which = "full" if self.is_full else "canary"
        return f"{which} capacity of {self.instances} instance(s)"


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a deployment, how long it may take, and the alarms that end it."""

    steps: tuple[Step, ...]
    longest_seconds: float
    alarms: tuple[str, ...]


def plan(config: Given | None, instances: int) -> Plan:
    """Read a deployment's configuration for a fleet of so many instances.

    A share by capacity is that share of the traffic, however few instances there are. Raises
    PolicyError for what SageMaker refuses.
    """
    given = config or DEFAULT
    blue_green, rolling = given.get("BlueGreenUpdatePolicy"), given.get("RollingUpdatePolicy")
    if blue_green and rolling:
        raise PolicyError(
            "Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified"
        )
    if rolling:
        steps, policy = _rolling(rolling, instances), rolling
    else:
        policy = blue_green or DEFAULT["BlueGreenUpdatePolicy"]
        steps = _blue_green(policy, instances)
    longest = policy.get("MaximumExecutionTimeoutInSeconds", _LONGEST_SECONDS)
    waiting = sum(step.seconds for step in steps)
    if waiting >= longest:
        raise PolicyError(
            f"MaximumExecutionTimeoutInSeconds is {longest}; it must be larger than the total "
            f"waiting time of the deployment, which is {waiting:g} seconds"
        )
    alarms = (given.get("AutoRollbackConfiguration") or {}).get("Alarms") or ()
    return Plan(tuple(steps), longest, tuple(alarm["AlarmName"] for alarm in alarms))


def _blue_green(policy: Given, instances: int) -> list[Step]:
    routing = policy["TrafficRoutingConfiguration"]
    kind, wait = routing["Type"], float(routing["WaitIntervalInSeconds"])
    last = float(policy.get("TerminationWaitInSeconds") or 0)
    full = Step(1.0, instances, last, "TerminationWaitInSeconds", is_full=True)
    for name, its in (("CanarySize", "CANARY"), ("LinearStepSize", "LINEAR")):
        if (name in routing) != (kind == its):
            must = "must" if kind == its else "must not"
            raise PolicyError(f"{name} {must} be specified for traffic routing type {kind}")
    if kind == "ALL_AT_ONCE":
        if not last:  # the only step is looked at for either wait
            full = Step(1.0, instances, wait, "WaitIntervalInSeconds", is_full=True)
        return [full]
    if kind == "CANARY":
        share = _share(routing["CanarySize"], instances, "CanarySize", least=0.0)
        return [_part(share, instances, wait), full]
    share = _share(routing["LinearStepSize"], instances, "LinearStepSize", least=0.1)
    return [*_parts(share, instances, wait), full]


def _rolling(policy: Given, instances: int) -> list[Step]:
    wait = float(policy["WaitIntervalInSeconds"])
    share = _share(policy["MaximumBatchSize"], instances, "MaximumBatchSize", least=0.05)
    last = Step(1.0, instances, wait, "WaitIntervalInSeconds", is_full=True)
    return [*_parts(share, instances, wait), last]


def _parts(share: float, instances: int, wait: float) -> list[Step]:
    before_last = math.ceil(1 / share - 1e-9) - 1
    return [_part(share * number, instances, wait) for number in range(1, before_last + 1)]


def _part(share: float, instances: int, wait: float) -> Step:
    on = max(1, math.ceil(share * instances - 1e-9))
    return Step(share, on, wait, "WaitIntervalInSeconds", is_full=False)


def _share(size: Given, instances: int, name: str, *, least: float) -> float:
    value = float(size["Value"])
    share = value / 100 if size["Type"] == "CAPACITY_PERCENT" else value / instances
    if not least <= share <= 0.5:
        raise PolicyError(
            f"{name} is {share:.0%} of the capacity; it must be between {least:.0%} and 50%"
        )
    return share
