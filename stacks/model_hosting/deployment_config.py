"""How an endpoint's update shifts traffic: the ``DeploymentConfig`` of UpdateEndpoint. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Way = Literal["all-at-once", "canary", "linear", "rolling"]
MOST_ALARMS = 10
SHORTEST_SECONDS, LONGEST_SECONDS = 600, 28_800  # of a whole update
SPARE_SECONDS = 1_800  # for instances to start and stop, beside what is waited on purpose
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html and
# API_RollingUpdatePolicy.html, read on 2026-11-30; the other limits are the API's model's.
_STEP_PERCENT = {"canary": (1, 50), "linear": (10, 50), "rolling": (5, 50)}


@dataclass(frozen=True, slots=True)
class Deployment:
    """One way to update: steps of ``step_percent``, ``bake_seconds`` after each of them.

    The fleet that is left stays for ``keep_old_seconds``, so that it can take over again at once.
    """

    way: Way
    step_percent: int
    bake_seconds: int
    keep_old_seconds: int

    @property
    def steps(self) -> int:
        """In how many parts the traffic moves."""
        if self.way == "all-at-once":
            return 1
        return 2 if self.way == "canary" else -(-100 // self.step_percent)

    @property
    def seconds(self) -> int:
        """Seconds that the update waits on purpose: alarms are watched after each step."""
        return self.steps * self.bake_seconds + self.keep_old_seconds


def problem_of(deployment: Deployment, *, instances: int) -> str | None:
    """Say why AWS would refuse this for a fleet of so many instances, or None."""
    way, step = deployment.way, deployment.step_percent
    if way != "all-at-once":
        low, high = _STEP_PERCENT[way]
        if not low <= step <= high:
            return f"a {way} step of {low} to {high} percent of the fleet"
        if instances < 2:
            return f"at least 2 instances for a {way} update: a step is at most half of the fleet"
    if deployment.seconds + SPARE_SECONDS > LONGEST_SECONDS:
        return (
            f"steps that wait for {LONGEST_SECONDS - SPARE_SECONDS} seconds at most together: "
            f"these wait for {deployment.seconds}"
        )
    return None


def deployment_config(deployment: Deployment, alarms: Sequence[str]) -> dict[str, Any]:
    """Return the JSON; ``alarms`` are names, and any of them that rings takes the update back.

    Raises ValueError without an alarm, or with more than AWS takes.
    """
    if not 1 <= len(alarms) <= MOST_ALARMS:
        raise ValueError(
            f"an update watched by {len(alarms)} alarms; allowed: 1 to {MOST_ALARMS}; name those "
            "that tell a bad model from a good one"
        )
    limit = max(SHORTEST_SECONDS, deployment.seconds + SPARE_SECONDS)
    rollback = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": each} for each in alarms]}}
    size = {"Type": "CAPACITY_PERCENT", "Value": deployment.step_percent}
    if deployment.way == "rolling":
        return {
            "RollingUpdatePolicy": {
                "MaximumBatchSize": size,
                "WaitIntervalInSeconds": deployment.bake_seconds,
                "MaximumExecutionTimeoutInSeconds": limit,
            },
            **rollback,
        }
    routing = {
        "Type": deployment.way.upper().replace("-", "_"),
        "WaitIntervalInSeconds": deployment.bake_seconds,
    }
    if deployment.way == "canary":
        routing["CanarySize"] = size
    if deployment.way == "linear":
        routing["LinearStepSize"] = size
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": deployment.keep_old_seconds,
            "MaximumExecutionTimeoutInSeconds": limit,
        },
        **rollback,
    }
