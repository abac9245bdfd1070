"""Events of executions in a machine's log group: all or the errors only, with or without data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.iam import problems
from sandbox.services.logs import service_lines
from sandbox.services.stepfunctions.history import Event, details_name

_ENDS = ("Failed", "TimedOut", "Aborted")
_FATAL = tuple(f"Execution{end}" for end in _ENDS)
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
_DATA = ("input", "inputDetails", "output", "outputDetails", "parameters")


@dataclass(frozen=True)
class Destination:
    """Where a machine's events go, and which of them."""

    group: str = ""
    level: str = "OFF"
    with_data: bool = False

    @classmethod
    def of(cls, configuration: Any) -> "Destination":
        """Read a logging configuration as the API or as a template spells it."""
        asked = _lowered(configuration or {})
        groups = [
            to.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
            for to in asked.get("destinations") or []
        ]
        group = next(iter(groups), "").partition(":log-group:")[2].removesuffix(":*")
        with_data = str(asked.get("includeExecutionData", False)).lower() == "true"
        return cls(group, asked.get("level", "OFF"), with_data)

    def wants(self, kind: str) -> bool:
        """Tell whether an event of this kind is logged."""
        if not self.group or self.level == "OFF":
            return False
        if self.level == "ALL":
            return True
        return kind in _FATAL if self.level == "FATAL" else kind.endswith(_ENDS)


def _lowered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {f"{name[0].lower()}{name[1:]}": _lowered(part) for name, part in value.items()}
    return [_lowered(part) for part in value] if isinstance(value, list) else value


def write(to: Destination, machine: str, record: Mapping[str, Any], event: Event) -> None:
    """Write one event of a machine's execution, if it is wanted."""
    if not to.wants(event["type"]):
        return
    now = int(CLOCK.time() * 1000)
    day = CLOCK.now().strftime("%Y-%m-%d")
    stream = f"states/{machine}/{day}/{record['name']}"[:512]
    message = json.dumps(_line(record, event, to, now), ensure_ascii=False)
    if why := service_lines.write(to.group, stream, message):
        problems.report("logs", f"{machine} cannot write to {to.group}: {why}")


def _line(record: Mapping[str, Any], event: Event, to: Destination, now: int) -> dict[str, Any]:
    details = event[details_name(event["type"])]
    if not to.with_data:
        details = {name: part for name, part in details.items() if name not in _DATA}
    child_of = record.get("mapRunArn")
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details,
        "redrive_count": "0",
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(now),
        "execution_arn": record["executionArn"],
        **({"map_run_arn": child_of} if child_of else {}),
    }
