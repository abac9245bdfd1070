"""What AWS/States counts of a machine's executions."""

from sandbox.services.cloudwatch.upstream import cloudwatch

_OUTCOMES = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


def started(machine_arn: str) -> None:
    """Count an execution that began."""
    _record(machine_arn, "ExecutionsStarted", 1, "Count")


def ended(machine_arn: str, status: str, seconds: float) -> None:
    """Count an execution by how it ended, and say how long it took."""
    _record(machine_arn, _OUTCOMES[status], 1, "Count")
    _record(machine_arn, "ExecutionTime", seconds * 1000, "Milliseconds")


def throttled(machine_arn: str) -> None:
    """Count a start that came too fast."""
    _record(machine_arn, "ExecutionThrottled", 1, "Count")


def _record(machine_arn: str, name: str, value: float, unit: str) -> None:
    cloudwatch.record_metric("AWS/States", name, value, unit, {"StateMachineArn": machine_arn})
