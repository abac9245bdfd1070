"""Target tracking: two alarms around the target, and how many instances would bring it back."""

import math
from collections.abc import Mapping
from typing import Any

from sandbox.services.applicationautoscaling.targets import Scaled, invalid

# https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html

# How many minutes the metric must be above the target, or below nine tenths of it.
HIGH, LOW = "High", "Low"
_MINUTES = {HIGH: 3, LOW: 15}
_SLACK = 0.9
COOLDOWN_SECONDS = 300.0
_PREDEFINED = {"SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum")}


def alarm(name: str, side: str, scaled: Scaled, config: Mapping[str, Any]) -> dict[str, Any]:
    """Spell an alarm of a policy, as PutMetricAlarm takes it."""
    target = float(config["TargetValue"])
    above = side == HIGH
    return {
        "AlarmName": name,
        "AlarmDescription": "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy.",
        "ComparisonOperator": "GreaterThanThreshold" if above else "LessThanThreshold",
        "EvaluationPeriods": _MINUTES[side],
        "Period": 60,
        "Threshold": target if above else target * _SLACK,
        **metric(scaled, config),
    }


def metric(scaled: Scaled, config: Mapping[str, Any]) -> dict[str, Any]:
    """Name the metric that a policy keeps near to its target. Raises ServiceError."""
    known, own = (config.get(f"{kind}MetricSpecification") for kind in ("Predefined", "Customized"))
    if bool(known) == bool(own):
        raise invalid("Specify either a predefined or a customized metric.")
    if known:
        kind = known["PredefinedMetricType"]
        if kind not in _PREDEFINED:
            raise invalid(
                f"the sandbox does not track {kind}; it tracks {', '.join(_PREDEFINED)} and "
                "customized metrics"
            )
        name, statistic = _PREDEFINED[kind]
        where = {"EndpointName": scaled.endpoint, "VariantName": scaled.variant}
        return {
            "Namespace": "AWS/SageMaker",
            "MetricName": name,
            "Statistic": statistic,
            "Dimensions": [{"Name": n, "Value": value} for n, value in where.items()],
        }
    if own is None or own.get("Metrics") or not own.get("MetricName"):
        raise invalid("the sandbox does not track expressions of several metrics")
    names = ("Namespace", "MetricName", "Statistic", "Dimensions", "Unit")
    return {name: own[name] for name in names if own.get(name)}


def wanted(side: str, instances: int, value: float, target: float) -> int:
    """Count the instances that would bring the metric back to its target."""
    exact = instances * value / target
    if side == HIGH:
        return max(instances + 1, math.ceil(exact - 1e-9))
    return min(instances - 1, max(1, math.ceil(exact - 1e-9)))
