"""The files of a batch of a stream: named by it, so that the same batch writes the same."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from botocore.exceptions import ClientError

from data_lake.load_record import load_record
from data_lake.model_file import Zones
from data_lake.modeling import Outcome
from data_lake.places import UNKNOWN
from data_lake.streamed_batch import Part
from runtime.errors import failure_of
from runtime.object_versions import ObjectVersion

QUERY = "checkpoint/metadata"  # where Spark keeps what a query is known by, as long as it goes on
JOURNAL = "journal/"
OWNER = "owner.json"  # who writes batches
File = tuple[str, str]  # bucket and key


class OwnerError(RuntimeError):
    """Another run of the job has taken over, so this one writes nothing any more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a part's records of one data set, and the keys of the good ones."""

    index: int
    dataset: str
    version: int | None
    latest: datetime
    size_bytes: int
    good: int
    repeated: int
    set_aside: Counter[str] = field(default_factory=Counter)
    added: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchFiles:
    """Where a batch's files go. What a part is about to write it says first, in a journal.

    A batch, or a part of it, that is done again may have fewer records: what it wrote before and
    does not write again is deleted. Two runs that write one batch could end it in two places, and
    lose what is between: each looks, before it writes, whether it is still the ``owner``.
    """

    clients: Callable[[], Any]
    modeled: str
    failures: str
    checkpoints: str
    owner: str
    name: str = ""

    def claim(self) -> bool:
        """Become the owner; tells whether there was another one, which may not know it yet."""
        before = self._get(OWNER)
        self._s3.put_object(
            Bucket=self.checkpoints,
            Key=OWNER,
            Body=json.dumps({"owner": self.owner}).encode(),
            ContentType="application/json",
        )
        return before is not None and before["owner"] != self.owner

    def of_batch(self, number: int) -> Self:
        """Name a batch: numbers begin anew with each query."""
        self._look()
        return replace(self, name=f"{self._get(QUERY)['id']}-{number:010d}")

    def write(self, index: int, parts: Sequence[Part]) -> list[Taken]:
        """Write what was made of one part of the batch."""
        taken, files = list[Taken](), dict[File, Path]()
        for part in parts:
            found, outcome = part.dataset or UNKNOWN, part.outcome
            ending = f"stream-{self.name}-{index}.parquet"
            keys = {f"{found}/day={day}/{ending}": path for day, path in outcome.parts.items()}
            files |= {(self.modeled, key): path for key, path in keys.items()}
            if outcome.rejects:
                day = part.latest.date()
                key = f"quarantine/dataset={found}/day={day}/{ending}"
                files[self.failures, key] = outcome.rejects
            taken.append(
                Taken(
                    index=index,
                    dataset=found,
                    version=part.version,
                    latest=part.latest,
                    size_bytes=part.size_bytes,
                    good=outcome.good,
                    repeated=outcome.repeated,
                    set_aside=outcome.set_aside,
                    added=frozenset(outcome.added),
                    keys=tuple(sorted(keys)),
                )
            )
        self._replace(index, files)
        return taken

    def finish(self, stream: str, taken: Sequence[Taken]) -> None:
        """Delete what earlier tries left of other parts, and tell of the batch, last of all."""
        self._look()
        written = {each.index for each in taken}
        for index in set(self._journaled()) - written:
            self._delete(self._journal(index))
        if not taken:
            return
        latest = max(each.latest for each in taken)
        lines = []
        for dataset in sorted({each.dataset for each in taken}):
            of_it = [each for each in taken if each.dataset == dataset]
            outcome = Outcome(
                good=sum(each.good for each in of_it),
                repeated=sum(each.repeated for each in of_it),
                set_aside=sum((each.set_aside for each in of_it), Counter[str]()),
                added={name for each in of_it for name in each.added},
            )
            size = sum(each.size_bytes for each in of_it)
            source = ObjectVersion(stream, stream, self.name, "", "", size, latest)
            keys = sorted(key for each in of_it for key in each.keys)
            lines.append(load_record(source, dataset, of_it[0].version, outcome, keys))
        self._s3.put_object(
            Bucket=self.modeled,
            Key=f"loads/day={latest.date()}/stream-{self.name}.json",
            Body=b"\n".join(lines),
            ContentType="application/json",
        )

    @property
    def _s3(self) -> Any:
        return self.clients()

    def _replace(self, index: int, files: dict[File, Path]) -> None:
        before = self._journal(index)
        if not files and not before:
            return
        self._look()
        self._s3.put_object(
            Bucket=self.checkpoints,
            Key=self._journal_key(index),
            Body=json.dumps(sorted(before | files.keys())).encode(),
            ContentType="application/json",
        )
        zones = Zones(self._s3, self.modeled, self.failures)
        for (bucket, key), path in files.items():
            zones.put_file(bucket, key, path)
        self._delete(before - files.keys())

    def _delete(self, files: Iterable[File]) -> None:
        for bucket, key in sorted(files):
            self._s3.delete_object(Bucket=bucket, Key=key)

    def _journal_key(self, index: int | str) -> str:
        return f"{JOURNAL}{self.name}/{index}.json"

    def _journal(self, index: int) -> set[File]:
        found = self._get(self._journal_key(index)) or ()
        return {(bucket, key) for bucket, key in found}

    def _look(self) -> None:
        found = self._get(OWNER)
        if found != {"owner": self.owner}:
            raise OwnerError(f"{found} writes batches, not {self.owner}: this run ends")

    def _get(self, key: str) -> Any:
        """Read a document of the checkpoints; None where there is none."""
        try:
            found = self._s3.get_object(Bucket=self.checkpoints, Key=key)["Body"]
        except ClientError as error:
            if failure_of(error).is_absence:
                return None
            raise
        return json.loads(found.read())

    def _journaled(self) -> list[int]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.checkpoints, Prefix=f"{JOURNAL}{self.name}/"
        )
        keys = (found["Key"] for page in pages for found in page.get("Contents", ()))
        return [int(Path(key).stem) for key in keys]
