"""Deployments of approved models, as whoever approves them follows them."""

import json
import time
from typing import Any

import pytest


def executions(hosting: Any, status: str) -> list[Any]:
    """List the executions of the machine that ended so."""
    found = hosting.sandbox.client("stepfunctions").list_executions(
        stateMachineArn=hosting.outputs["DeployStateMachineArn"], statusFilter=status
    )
    return list(found["executions"])


def ends(hosting: Any, trainer: Any, arn: str, status: str) -> Any:
    """Approve a version, and wait until its deployment has ended so."""
    before = len(executions(hosting, status))
    trainer.approve(arn)
    other = "FAILED" if status == "SUCCEEDED" else "SUCCEEDED"
    others = len(executions(hosting, other))
    hosting.wait_for(
        lambda: (
            len(executions(hosting, status)) > before or len(executions(hosting, other)) > others
        ),
        seconds=150,
    )
    found = executions(hosting, status)
    if len(found) == before:
        pytest.fail(f"it ended otherwise: {why(hosting, executions(hosting, other)[0])}")
    return found[0]


def why(hosting: Any, execution: Any) -> Any:
    """Tell how an execution went."""
    machines = hosting.sandbox.client("stepfunctions")
    events = machines.get_execution_history(
        executionArn=execution["executionArn"], reverseOrder=True, maxResults=12
    )["events"]
    described = machines.describe_execution(executionArn=execution["executionArn"])
    failures = [hosting.download("FailuresBucketName", key)
                for key in hosting.keys("FailuresBucketName")[-1:]]  # fmt: skip
    return described.get("cause"), failures, hosting.sandbox.problems(), events[:3]


def predicts(hosting: Any, trainer: Any) -> Any:
    """Ask for the known rows; gives the answer, which has to tell what the model told."""
    time.sleep(1.1)  # by then the function looks again what serves
    known = trainer.known()
    status, told = hosting.predict(json.dumps({"rows": known["rows"], "key": "shopper"}).encode())
    assert status == 200, told
    assert told["predictions"] == pytest.approx(known["predictions"], abs=1e-6)
    return told
