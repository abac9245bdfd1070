"""Which files are a batch, and the name of its run: the same files have the same one. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

INCOMING, WORK, RESULTS, REJECTS, REPORTS = "incoming", "work", "results", "rejects", "reports"
MOST_FILES = 500  # of a batch: the history of an execution has room for some events of each
MOST_BYTES = 5 * 1024**3  # of a file: what a function reads within its quarter of an hour


class RefusedBatchError(ValueError):
    """A batch that no second try would carry out; its text says what to do."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """An object and its content's tag; ``number`` names what is made of it on the way."""

    number: int
    key: str
    etag: str
    bytes: int

    @property
    def name(self) -> str:
        """What follows the folder of all batches."""
        return self.key.removeprefix(f"{INCOMING}/")


def files_of(listed: Iterable[Mapping[str, Any]]) -> list[BatchFile]:
    """Take what S3 lists, without folders and empty objects; raises RefusedBatchError."""
    found = sorted((o for o in listed if o["Size"]), key=lambda each: str(each["Key"]))
    if len(found) > MOST_FILES:
        raise RefusedBatchError(
            f"a batch of {len(found)} files; allowed: at most {MOST_FILES}; put them below several "
            "prefixes, or several into one"
        )
    for each in found:
        if each["Size"] > MOST_BYTES:
            raise RefusedBatchError(
                f"a file of {each['Size']} bytes; allowed: at most {MOST_BYTES}; cut it at an end "
                "of a line"
            )
    return [
        BatchFile(number, o["Key"], o["ETag"].strip('"'), o["Size"])
        for number, o in enumerate(found, start=1)
    ]


def run_of(files: Iterable[BatchFile], *, model: str, form: str) -> str:
    """Name the run by all that it depends on: contents, model, and how records are read."""
    told = [model, form, *(asdict(each) for each in files)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def require_prefix(prefix: str) -> str:
    """Return it; raises RefusedBatchError for one outside the folder of batches."""
    if not prefix.startswith(f"{INCOMING}/"):
        raise RefusedBatchError(
            f"a batch below {prefix!r}; allowed: a prefix below {INCOMING}/; put its files there"
        )
    return prefix
