"""Metrics as a function publishes them: lines of its output in CloudWatch's embedded format."""

import json
from typing import Any

NAMESPACE = "MlReferenceArchitectures"


def values_of(blobs: list[dict[str, Any]], dimensions: dict[str, str]) -> dict[str, list[float]]:
    """Collect the values of each metric that has exactly these dimensions."""
    values: dict[str, list[float]] = {}
    for blob in blobs:
        (directive,) = blob["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == NAMESPACE
        (names,) = directive["Dimensions"]
        if {name: blob[name] for name in names} == dimensions:
            for metric in directive["Metrics"]:
                values.setdefault(metric["Name"], []).extend(blob[metric["Name"]])
    return values


def blobs_in(output: str) -> list[dict[str, Any]]:
    """Read each line of a function's output as one blob."""
    return [json.loads(line) for line in output.splitlines()]
