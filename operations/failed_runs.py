"""Failed runs of a machine that does one at a time: one more run is what all of them need."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.outcome import Outcome

FAILED_RUNS = "failed_runs/"


def start_again(
    session: Any, machine: str, bucket: str, outcome: Outcome, *, dry_run: bool
) -> None:
    """Start one run for all failure records, then delete these.

    Killed half-way, it starts a run once more the next time, which has nothing left to do.
    """
    s3, states = session.client("s3"), session.client("stepfunctions")
    records = dict(_records(s3, bucket))
    if records and not dry_run:
        states.start_execution(stateMachineArn=machine, input="{}")
    for key, version in records.items():
        try:
            if not dry_run:
                s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
        except (ClientError, BotoCoreError) as error:
            outcome.fail(error, 1)
        else:
            outcome.done["started again, all by one run"] += 1


def _records(s3: Any, bucket: str) -> Iterator[tuple[str, str]]:
    """List the records that are not deleted, with the version that each has now."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=FAILED_RUNS)
    for page in pages:
        for version in page.get("Versions", ()):
            if version["IsLatest"]:
                yield version["Key"], version["VersionId"]
