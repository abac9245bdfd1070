"""Give what failed another chance: dead letters, undelivered events, failed documents and runs."""

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations import (
    dead_letters,
    failed_documents,
    failed_executions,
    failed_runs,
    undelivered,
)
from operations.failed_documents import FAILURES, FILES, Show
from operations.failed_runs import FAILED_RUNS
from operations.outcome import OperationError, Outcome
from operations.stack import outputs_of

QUEUE, DEAD_LETTERS, UNDELIVERED = "QueueUrl", "DeadLetterQueueUrl", "UndeliveredQueueUrl"
MACHINE, RESULTS, SET_ASIDE = "StateMachineArn", "ResultsBucketName", "FailuresBucketName"
LARGE_FILES = "LargeFilesMachineArn"
# Machines whose failed executions are started again as they were, and causes that say: in vain.
AS_BEFORE = {"DeployStateMachineArn": ("ModelRefused", "RolledBack"), "WatchStateMachineArn": ()}


def redrive(
    session: Any, stack: str, *, refused_too: bool = False, dry_run: bool = False, show: Show = iter
) -> dict[str, Outcome]:
    """Redrive all that waits in the queues and failure records that a stack's outputs name.

    Gives what came of it by place. What fails in one place is told there, and stops no other.
    Raises OperationError if there is no such stack, or it has nothing to redrive.
    """
    outputs = outputs_of(session, stack)
    sqs, steps = session.client("sqs"), {}
    for name, url in outputs.items():
        if name.endswith(DEAD_LETTERS):
            destination = outputs.get(name.removesuffix(DEAD_LETTERS) + QUEUE)
            steps[name] = partial(dead_letters.move, sqs, url, destination)
        elif name.endswith(UNDELIVERED):
            steps[name] = partial(undelivered.replay, session, url, frozenset(outputs.values()))
    if MACHINE in outputs and RESULTS in outputs:
        steps[FAILURES] = partial(
            failed_documents.start_again,
            session,
            outputs[MACHINE],
            outputs[RESULTS],
            refused_too=refused_too,
            show=show,
        )
    if MACHINE in outputs and SET_ASIDE in outputs:
        steps[FAILED_RUNS] = partial(
            failed_runs.start_again, session, outputs[MACHINE], outputs[SET_ASIDE]
        )
    if LARGE_FILES in outputs and SET_ASIDE in outputs:
        steps[FILES.folder] = partial(
            failed_documents.start_again,
            session,
            outputs[LARGE_FILES],
            outputs[SET_ASIDE],
            kind=FILES,
            refused_too=refused_too,
            show=show,
        )
    for name, refused in AS_BEFORE.items():
        if name in outputs:
            steps[name] = partial(
                failed_executions.start_again,
                session,
                outputs[name],
                refused=refused,
                refused_too=refused_too,
            )
    if not steps:
        raise OperationError(
            f"stack {stack!r} has no output that ends in {DEAD_LETTERS} or {UNDELIVERED}, and no "
            f"{MACHINE}; name the stack of an architecture"
        )
    return {place: _attempt(partial(step, dry_run=dry_run)) for place, step in steps.items()}


def _attempt(step: Callable[[Outcome], None]) -> Outcome:
    outcome = Outcome()
    try:
        step(outcome)
    except (OperationError, ClientError, BotoCoreError) as error:
        outcome.fail(error)
    return outcome
