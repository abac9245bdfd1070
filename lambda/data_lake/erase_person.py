"""Find what names a person in objects of the lake, and take it out: an operator's function."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.config import Config
from botocore.exceptions import ClientError

from data_lake.contract import Contract, newest_contracts
from data_lake.erase_version import Lake, Version
from data_lake.held_names import UnreadableError, values_of
from data_lake.names import Names
from runtime import settings
from runtime.errors import failure_of

logger = Logger()

ZONES = ("RAW", "MODELED", "FAILURES", "RESULTS")
FOLDER = "erasure/"  # in the bucket of failures: whom an erasure that is under way is about
LEFT_SECONDS = 120  # of the function's time, with which no further object is begun
SLOWEST = 20_000_000  # bytes a second that are looked through: a large one is begun in time, too
# What is done with one version, by a folder for its content; gives what is to be told of it.
Work = Callable[[Version, Path], str | None]


@cache
def client(service: str) -> Any:
    """Create each client once per execution environment, on first use."""
    return boto3.client(service, config=Config(connect_timeout=3, retries={"mode": "standard"}))


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one task about a person, on versions of a bucket's objects; no answer has a name in it.

    ``begin`` keeps who it is, ``find`` adds the keys of the person's records, ``look`` tells which
    versions have any of it, ``erase`` takes it out of them, ``end`` forgets who it was.
    """
    end = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - LEFT_SECONDS
    zones = (settings.string(os.environ, f"{zone}_BUCKET") for zone in ZONES)
    lake, task = Lake(client("s3"), *zones), event["task"]
    person = hashlib.sha256(event["value"].encode()).hexdigest()[:32]
    kept = f"{FOLDER}{person}.txt"
    if task == "begin":
        return begin(lake, event, kept)
    if task == "end":
        return each(event, lambda version, _: lake.delete(lake.failures, version), end)
    names = read_names(lake, kept)
    if task == "find":
        return find(lake, event, kept, names, end)

    def work(version: Version, folder: Path) -> str | None:
        if not lake.look(event["bucket"], version, names, folder):
            return None
        return lake.erase(event["bucket"], version, names, folder) if task == "erase" else ""

    return each(event, work, end)


def begin(lake: Lake, event: Mapping[str, Any], kept: str) -> dict[str, Any]:
    """Keep who is to be erased, beside what an earlier try of it found out."""
    person_of(event)
    names = Names({event["value"], *read_names(lake, kept).texts})
    lake.s3.put_object(Bucket=lake.failures, Key=kept, Body=names.lines)
    return {"bucket": lake.failures, "key": kept, "names": len(names.texts)}


def find(
    lake: Lake, event: Mapping[str, Any], kept: str, names: Names, end: float
) -> dict[str, Any]:
    """Add the keys of the person's records to the names, where a key is one column."""
    contract, known = person_of(event), set(names.texts)

    def work(version: Version, folder: Path) -> None:
        if len(contract.key) == 1 and lake.fetch(event["bucket"], version, folder / "object"):
            known.update(
                values_of(folder / "object", contract.person, event["value"], contract.key[0])
            )

    answer = each(event, work, end)
    if known != names.texts:
        lake.s3.put_object(Bucket=lake.failures, Key=kept, Body=Names(known).lines)
    return answer


def each(event: Mapping[str, Any], work: Work, end: float) -> dict[str, Any]:
    """Work at one version after the other, as long as there is time; who asks sends the rest."""
    answer: dict[str, Any] = {"done": 0, "found": [], "unreadable": []}
    for told in event["objects"]:
        if answer["done"] and time.monotonic() + told["size"] / SLOWEST > end:
            break
        at = datetime.fromisoformat(told["at"])
        version = Version(told["key"], told["version"], told["latest"], at)
        with tempfile.TemporaryDirectory(prefix="erase-") as folder:
            try:
                if (what := work(version, Path(folder))) is not None:
                    answer["found"].append({**told, "why": what})
            except UnreadableError as error:
                answer["unreadable"].append({**told, "why": str(error)})
        answer["done"] += 1
    logger.info("task done", extra={"task": event["task"], "objects": answer["done"]})
    return answer


def person_of(event: Mapping[str, Any]) -> Contract:
    """Return the contract that says that a column is a person; raises ValueError."""
    contract = newest_contracts().get(event["dataset"])
    if contract is None or not contract.person or contract.person != event["column"]:
        known = {each.dataset: each.person for each in newest_contracts().values() if each.person}
        raise ValueError(
            f"no contract says that {event['column']!r} of {event['dataset']!r} is a person; "
            f"persons are in {known}"
        )
    return contract


def read_names(lake: Lake, kept: str) -> Names:
    """Read what names the person, as far as it is known."""
    try:
        body = lake.s3.get_object(Bucket=lake.failures, Key=kept)["Body"].read()
    except ClientError as error:
        if failure_of(error).is_absence:
            return Names(())
        raise
    return Names.of_lines(body)
