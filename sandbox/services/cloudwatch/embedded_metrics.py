"""Metrics in log lines: what CloudWatch reads out of the embedded metric format (EMF)."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sandbox.core import patching
from sandbox.core.clock import CLOCK
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.logs.upstream import cloudwatch_logs

logger = logging.getLogger("sandbox")


class Datum(NamedTuple):
    """The values of one metric under one set of dimensions; the time is in epoch seconds."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    unit: str
    timestamp: float
    values: list[float]


def install() -> None:
    """Read every log line that is written, by a function or through PutLogEvents."""
    patching.wrap(
        cloudwatch_logs,
        "_append_log_events",
        _read,
        because="log lines in the embedded metric format become metrics",
    )


def _read(original: Callable[..., Any]) -> Callable[..., Any]:
    def append(stream: Any, events: Iterable[Mapping[str, Any]]) -> Any:
        lines = list(events)
        stored = original(stream, lines)
        for event in lines:
            for datum in extract(str(event["message"]), event["timestamp"] / 1000):
                cloudwatch._store_datum(
                    datum.namespace,
                    datum.name,
                    datum.dimensions,
                    datum.timestamp,
                    datum.unit,
                    None,
                    datum.values,
                    None,
                    None,
                )
        return stored

    return append


def extract(line: str, logged_at: float) -> Iterator[Datum]:
    """Read the metrics of a log line; a line that is no EMF document has none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    document = _document(line)
    if document is None:
        return
    metadata = document["_aws"]
    timestamp = float(metadata.get("Timestamp", logged_at * 1000)) / 1000
    behind = logged_at - timestamp
    if abs(behind - CLOCK.skipped) < abs(behind):  # it was read from the machine's clock
        timestamp += CLOCK.skipped
    for directive in metadata.get("CloudWatchMetrics", ()):
        for names in directive.get("Dimensions") or [[]]:
            if any(name not in document for name in names):
                logger.warning("a metric was dropped: no value for dimensions %s", names)
                continue
            dimensions = {name: str(document[name]) for name in names}
            for metric in directive.get("Metrics", ()):
                values = _numbers(document.get(metric["Name"]))
                if values:
                    unit = metric.get("Unit", "None")
                    yield Datum(
                        directive["Namespace"], metric["Name"], dimensions, unit, timestamp, values
                    )


def _document(line: str) -> dict[str, Any] | None:
    start = line.find("{")
    if start < 0 or '"_aws"' not in line:
        return None
    try:
        document = json.loads(line[start:])
    except ValueError:
        return None
    return document if isinstance(document, dict) and "_aws" in document else None


def _numbers(value: Any) -> list[float]:
    values = value if isinstance(value, list) else [value]
    return [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
