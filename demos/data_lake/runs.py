"""Runs of the lake: who started them, how they ended, and what others heard of them."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

from demos.stage import DemoError, Stage
from sandbox.host.client import Sandbox

PATIENCE = 600.0  # seconds
OVER = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


class Runs:
    """The executions of the lake's state machine; ``patience`` are seconds for each."""

    def __init__(self, sandbox: Sandbox, machine: str, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._states, self._machine = sandbox.client("stepfunctions"), machine
        self._pass_time = sandbox.pass_time

    def start(self) -> str:
        """Start a run as a person does."""
        execution: str = self._states.start_execution(stateMachineArn=self._machine)["executionArn"]
        return execution

    def wait(self, stage: Stage, *executions: str) -> list[str]:
        """Wait for the end of these, or of whatever there is; gives those that had work to do.

        What only time is waited for is skipped. Raises DemoError if one failed.
        """
        end = monotonic() + self._patience
        with stage.progress() as bar:
            task = bar.add_task("run", total=None, note="waiting for it to begin")
            while True:
                found = {each["executionArn"]: each["status"] for each in self._all()}
                wanted = executions or found.keys()
                going = [arn for arn in wanted if found.get(arn) not in OVER]
                if wanted and not going:
                    break
                if monotonic() > end:
                    raise DemoError(f"a run is not over after {self._patience:.0f} s: {going}")
                if going:
                    bar.update(task, note=self._state(going[0]))
                # A sandbox at work on many rows may not answer at once.
                with suppress(TimeoutError):
                    self._pass_time()
        if failed := [arn for arn in wanted if found[arn] != "SUCCEEDED"]:
            told = self._states.describe_execution(executionArn=failed[0])
            raise DemoError(f"a run of the lake failed: {told.get('cause') or told['status']}")
        return [arn for arn in wanted if not self._is_idle(arn)]

    def _all(self) -> list[dict[str, Any]]:
        pages = self._states.get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self._machine)
        return [each for page in found for each in page["executions"]]

    def _state(self, execution: str) -> str:
        history = self._states.get_execution_history(
            executionArn=execution, reverseOrder=True, maxResults=20
        )
        entered = (event.get("stateEnteredEventDetails") for event in history["events"])
        return next((event["name"] for event in entered if event), "")

    def _is_idle(self, execution: str) -> bool:
        """Tell whether it joined another, or found that another had done all."""
        history = self._states.get_execution_history(executionArn=execution, maxResults=1000)
        asked = (event.get("taskScheduledEventDetails", {}) for event in history["events"])
        return not any(each.get("resourceType") == "glue" for each in asked)


def listen(sandbox: Sandbox, source: str) -> Callable[[], list[tuple[str, Mapping[str, Any]]]]:
    """Subscribe a queue to what a source tells others; gives a look at what has come."""
    events, sqs, name = sandbox.client("events"), sandbox.client("sqs"), "listener"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = found["Attributes"]["QueueArn"]
    rule = events.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))["RuleArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])

    def come() -> list[tuple[str, Mapping[str, Any]]]:
        told = []
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                body = json.loads(message["Body"])
                told.append((body["detail-type"], body["detail"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return told

    return come
