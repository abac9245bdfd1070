"""Publish counts as CloudWatch metrics, through the log (EMF)."""

import re
from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

# A dimension's value may be 250 characters of ASCII; names of errors are shorter words.
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST = 100


def publish(
    values: Mapping[str, float], *, unit: MetricUnit = MetricUnit.Count, **dimensions: str
) -> None:
    """Print the metrics; Powertools takes namespace and service from the environment."""
    metrics = EphemeralMetrics()
    for name, value in dimensions.items():
        metrics.add_dimension(name, _NOT_A_WORD.sub("_", value)[:_LONGEST] or "unknown")
    for name, count in values.items():
        metrics.add_metric(name, unit, count)
    metrics.flush_metrics()
