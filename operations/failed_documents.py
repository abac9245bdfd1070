"""Failed documents, or large files, which are started again as another attempt."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.outcome import Outcome

FAILURES = "failures/"
REFUSED = "Refused"  # the error of input that is bad for good
WHY_REFUSED = (
    "refused as bad input; mend the settings and add --refused-too, or put a good object in its "
    "place"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Where failure records of one kind are, and what in them names an execution."""

    folder: str
    identity: str


DOCUMENTS, FILES = Kind(FAILURES, "document_id"), Kind("failed_files/", "source_id")


@dataclass(frozen=True, slots=True)
class Record:
    """A failure record, and the versions under its key at the time when it was read."""

    key: str
    body: Mapping[str, Any]
    versions: Sequence[str]


Show = Callable[[Sequence[Record]], Iterable[Record]]


def start_again(
    session: Any,
    machine: str,
    bucket: str,
    outcome: Outcome,
    *,
    kind: Kind = DOCUMENTS,
    refused_too: bool,
    dry_run: bool,
    show: Show,
) -> None:
    """Start each failed document again and delete its failure record, one by one.

    Killed half-way, it does nothing twice the next time: an execution is named after its document
    and attempt, and a record is deleted only once that execution exists.
    """
    s3, states = session.client("s3"), session.client("stepfunctions")
    records = list(_records(s3, bucket, kind, outcome))
    again = [r for r in records if refused_too or r.body.get("error") != REFUSED]
    if refused := len(records) - len(again):
        outcome.left[WHY_REFUSED] += refused
    for record in again if dry_run else show(again):
        try:
            if not dry_run:
                _start(states, machine, kind, record)
                _forget(s3, bucket, record)
        except (ClientError, BotoCoreError) as error:
            outcome.fail(error, 1)
        else:
            outcome.done["started again"] += 1


def _records(s3: Any, bucket: str, kind: Kind, outcome: Outcome) -> Iterator[Record]:
    """Read every failure record that is not deleted, with all versions of its key."""
    versions: dict[str, list[str]] = {}
    latest: dict[str, str] = {}
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=kind.folder)
    for page in pages:
        for version in page.get("Versions", ()):
            versions.setdefault(version["Key"], []).append(version["VersionId"])
            if version["IsLatest"]:
                latest[version["Key"]] = version["VersionId"]
    for key, version_id in sorted(latest.items()):
        try:
            body = s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)["Body"].read()
            yield Record(key, _checked(json.loads(body), kind), versions[key])
        except (ClientError, BotoCoreError) as error:
            outcome.fail(error, 1)
        except (ValueError, TypeError, KeyError):
            outcome.fail(ValueError(f"{key} is no failure record; delete it"), 1)


def _checked(body: Mapping[str, Any], kind: Kind) -> Mapping[str, Any]:
    """Return a record that has what a new attempt needs; raise what its lack does."""
    int(body["attempt"]), str(body[kind.identity]), dict(body["input"])
    return body


def _start(states: Any, machine: str, kind: Kind, record: Record) -> None:
    attempt = int(record.body["attempt"]) + 1
    name = f"{record.body[kind.identity]}-{attempt}"
    body = json.dumps({**record.body["input"], "attempt": attempt}, sort_keys=True)
    # It exists if an earlier redrive was killed between starting it and deleting the record.
    with contextlib.suppress(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=machine, name=name, input=body)


def _forget(s3: Any, bucket: str, record: Record) -> None:
    """Delete the versions that were read: the new attempt may have written its own by then."""
    for version_id in record.versions:
        s3.delete_object(Bucket=bucket, Key=record.key, VersionId=version_id)
