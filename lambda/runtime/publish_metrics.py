"""Publish counts and measures as CloudWatch metrics, through the log (EMF)."""

import re
from collections.abc import Iterable, Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

# A dimension's value may be 250 characters of ASCII; names of errors are shorter words.
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST = 100


def publish(
    values: Mapping[str, float | Iterable[float]],
    *,
    unit: MetricUnit = MetricUnit.Count,
    **dimensions: str,
) -> None:
    """Print the metrics; Powertools takes namespace and service from the environment.

    A metric may have several values; where there is no value at all, nothing is printed.
    """
    metrics = EphemeralMetrics()
    for name, word in dimensions.items():
        metrics.add_dimension(name, _NOT_A_WORD.sub("_", word)[:_LONGEST] or "unknown")
    for name, measured in values.items():
        for value in measured if isinstance(measured, Iterable) else (measured,):
            metrics.add_metric(name, unit, value)
    if metrics.metric_set:  # Powertools has printed every full hundred by itself
        metrics.flush_metrics()
