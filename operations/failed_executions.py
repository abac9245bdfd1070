"""Executions that failed: each is started again with what it was started with, once."""

import hashlib
import itertools
from collections.abc import Collection, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.outcome import Outcome

ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")
MOST = 1_000  # of each status: the newest


def start_again(
    session: Any,
    machine: str,
    outcome: Outcome,
    *,
    refused: Collection[str] = (),
    refused_too: bool = False,
    dry_run: bool,
) -> None:
    """Start what failed of a machine, under a name that a second redrive finds taken.

    What one started so fails again, it is another failure. Causes that end in one of ``refused``
    are of what no second try changes; they stay, unless ``refused_too``.
    """
    states = session.client("stepfunctions")
    for execution in _failed(states, machine):
        try:
            told = states.describe_execution(executionArn=execution["executionArn"])
            word = told.get("cause", "").rpartition(": ")[2]
            if word in refused and not refused_too:
                outcome.left[f"refused: {word}; redriven with --refused-too"] += 1
                continue
            name = f"again-{hashlib.sha256(execution['executionArn'].encode()).hexdigest()[:40]}"
            if dry_run:
                outcome.done["would be started again"] += not _is_there(states, machine, name)
                continue
            states.start_execution(stateMachineArn=machine, name=name, input=told["input"])
        except states.exceptions.ExecutionAlreadyExists:
            continue  # redriven before, and well; or its own failure is in this list
        except (ClientError, BotoCoreError) as error:
            outcome.fail(error, 1)
        else:
            outcome.done["started again"] += 1


def _failed(states: Any, machine: str) -> Iterator[Any]:
    pages = states.get_paginator("list_executions")
    for status in ENDED_BADLY:
        found = (
            execution
            for page in pages.paginate(stateMachineArn=machine, statusFilter=status)
            for execution in page["executions"]
        )
        yield from itertools.islice(found, MOST)


def _is_there(states: Any, machine: str, name: str) -> bool:
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    try:
        states.describe_execution(executionArn=arn)
    except states.exceptions.ExecutionDoesNotExist:
        return False
    return True
