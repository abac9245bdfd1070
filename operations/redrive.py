"""Give what failed another chance: dead letters to their queue, failed documents to the machine."""

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

FAILURES = "failures/"
DEAD_LETTERS = "DeadLetterQueueUrl"
REFUSED = "Refused"  # the error of input that is bad for good
MOVE_SECONDS = 2.0  # between two looks at a running move


class OperationError(Exception):
    """What an operator asked for cannot be done; one line says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """A failure record, and the versions under its key at the time when it was read."""

    key: str
    body: Mapping[str, Any]
    versions: Sequence[str]


@dataclass(slots=True)
class Redrive:
    """What was done: messages by queue, documents."""

    moved: dict[str, int] = field(default_factory=dict)
    started: int = 0
    refused: int = 0


Show = Callable[[Sequence[Record]], Iterable[Record]]


def redrive(
    session: Any, stack: str, *, refused_too: bool = False, dry_run: bool = False, show: Show = iter
) -> Redrive:
    """Redrive all dead-letter queues and failure records that a stack's outputs name.

    Running it twice, or killing it half way, does nothing twice: an execution is named after its
    document and attempt, and a record is deleted only once that execution exists. Raises
    OperationError if there is no such stack, or it has nothing to redrive.
    """
    outputs = _outputs(session, stack)
    queues = {name: url for name, url in outputs.items() if name.endswith(DEAD_LETTERS)}
    machine, bucket = outputs.get("StateMachineArn"), outputs.get("ResultsBucketName")
    if not queues and not machine:
        raise OperationError(
            f"stack {stack!r} has no output that ends in {DEAD_LETTERS} and no StateMachineArn; "
            "name the stack of an architecture"
        )
    done = Redrive()
    for name, url in queues.items():
        done.moved[name] = _redrive_queue(session.client("sqs"), url, dry_run)
    if machine and bucket:
        s3 = session.client("s3")
        records = list(_records(s3, bucket))
        again = [r for r in records if refused_too or r.body.get("error") != REFUSED]
        done.refused, done.started = len(records) - len(again), len(again)
        if not dry_run:
            for record in show(again):
                _start_again(session.client("stepfunctions"), machine, record)
                _forget(s3, bucket, record)
    return done


def _outputs(session: Any, stack: str) -> dict[str, str]:
    try:
        found = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        where = session.region_name
        raise OperationError(
            f"there is no stack {stack!r} in {where}; name one of `aws cloudformation list-stacks`"
        ) from None
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def _redrive_queue(sqs: Any, url: str, dry_run: bool) -> int:
    """Move a dead-letter queue's messages back and wait for the end; returns how many."""
    wanted = ["QueueArn", "ApproximateNumberOfMessages"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    waiting, arn = int(attributes["ApproximateNumberOfMessages"]), attributes["QueueArn"]
    if dry_run or not waiting:
        return waiting
    sqs.start_message_move_task(SourceArn=arn)
    while True:
        task = sqs.list_message_move_tasks(SourceArn=arn)["Results"][0]
        if task["Status"] != "RUNNING":
            break
        time.sleep(MOVE_SECONDS)
    if task["Status"] != "COMPLETED":
        reason = task.get("FailureReason", "no reason given")
        raise OperationError(
            f"the move from {arn} ended as {task['Status']}: {reason}; "
            "what was not moved is still there"
        )
    return int(task["ApproximateNumberOfMessagesMoved"])


def _records(s3: Any, bucket: str) -> Iterator[Record]:
    """Read every failure record that is not deleted, with all versions of its key."""
    versions: dict[str, list[str]] = {}
    latest: dict[str, str] = {}
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=FAILURES)
    for page in pages:
        for version in page.get("Versions", ()):
            versions.setdefault(version["Key"], []).append(version["VersionId"])
            if version["IsLatest"]:
                latest[version["Key"]] = version["VersionId"]
    for key, version_id in sorted(latest.items()):
        body = s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)["Body"].read()
        yield Record(key, json.loads(body), versions[key])


def _start_again(states: Any, machine: str, record: Record) -> None:
    attempt = int(record.body["attempt"]) + 1
    name = f"{record.body['document_id']}-{attempt}"
    body = json.dumps({**record.body["input"], "attempt": attempt}, sort_keys=True)
    # It exists if an earlier redrive was killed between starting it and deleting the record.
    with contextlib.suppress(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=machine, name=name, input=body)


def _forget(s3: Any, bucket: str, record: Record) -> None:
    """Delete the versions that were read: the new attempt may have written its own by then."""
    for version_id in record.versions:
        s3.delete_object(Bucket=bucket, Key=record.key, VersionId=version_id)
