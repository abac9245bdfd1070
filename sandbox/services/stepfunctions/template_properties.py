"""AWS::StepFunctions::StateMachine: the properties that the emulator drops."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.stepfunctions.upstream import stepfunctions

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    emulator.after_create(
        "AWS::StepFunctions::StateMachine",
        _state_machine,
        because="logging and tracing of a machine are dropped",
    )


def _state_machine(arn: str, properties: Properties, _attributes: Properties) -> None:
    tracing = plain(properties.get("TracingConfiguration")) or {}
    enabled = str(tracing.get("Enabled", False)).lower() == "true"
    machine = stepfunctions._state_machines[arn]
    machine["tracingConfiguration"] = {"enabled": enabled}
    logging = plain(properties.get("LoggingConfiguration")) or {}
    machine["loggingConfiguration"] = {
        "level": logging.get("Level", "OFF"),
        "includeExecutionData": str(logging.get("IncludeExecutionData", False)).lower() == "true",
        "destinations": [
            {"cloudWatchLogsLogGroup": {"logGroupArn": to["CloudWatchLogsLogGroup"]["LogGroupArn"]}}
            for to in logging.get("Destinations") or ()
        ],
    }
