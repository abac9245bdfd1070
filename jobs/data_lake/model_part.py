"""Model parts of one large file as the function models a whole one: what the tasks of Spark do."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from data_lake.containers import Container, Format, text_chunks
from data_lake.contract import Contract
from data_lake.file_parts import LineEnds, Part, cut, line_ends
from data_lake.header import Header
from data_lake.lines import blocks
from data_lake.model_file import Zones, chunks_of
from data_lake.modeling import Modeling, Outcome, engine
from data_lake.parquet_footer import check_rows, write_part
from data_lake.places import modeled_key, quarantine_key
from data_lake.reasons import SetAside
from runtime.object_versions import ObjectVersion

DONE = -1  # in the place of a bucket of keys


class Done(NamedTuple):
    """What became of a part, and the keys of what was written of its good records."""

    good: int
    set_aside: Counter[str]
    added: set[str]
    written: list[str]


@cache
def client() -> Any:
    """Create the client once for each process of Python."""
    return boto3.client("s3", config=Config(connect_timeout=3, retries={"mode": "standard"}))


@dataclass(frozen=True, slots=True)
class Work:
    """What every task knows of the file, and of where its records go."""

    source: ObjectVersion
    contract: Contract
    container: Container
    kept: timedelta
    part_bytes: int
    most_bytes: int
    modeled: str
    failures: str
    client: Callable[[], Any] = client

    def chunks(self, span: range | None = None) -> Iterator[bytes]:
        """Read the file, or a span of it, as it is."""
        return chunks_of(self.client(), self.source, span)


def text_of(work: Work, span: range | None = None) -> Iterator[bytes]:
    """Read a file of lines, decompressed, or a span of one that is not compressed."""
    found = work.chunks(span)
    if span and span.start:
        return found
    return text_chunks(found, work.container, work.most_bytes)


def look_at_lines(work: Work, span: range | None) -> tuple[list[LineEnds], int] | SetAside:
    """Look for the line ends of a span or, where it is compressed, of the whole file."""
    try:
        begin = span.start if span else 0
        return line_ends(text_of(work, span), work.part_bytes, begin)
    except SetAside as why:
        return why


def look_at_rows(work: Work, part: Part) -> SetAside | None:
    """Look whether every value of some rows can be read."""
    with tempfile.TemporaryDirectory(prefix="lake-") as folder:
        try:
            path = fetch_rows(work, Path(folder), part)
            with engine(Path(folder)) as con:
                check_rows(con, path, range(part.first, part.first + part.rows))
        except SetAside as why:
            return why
    return None


def fetch_rows(work: Work, folder: Path, part: Part | None = None) -> Path:
    """Fetch the footer of a Parquet file, and the bytes of a part, to where they are in it."""
    path = folder / "source.parquet"
    write_part(path, work.source.size_bytes, work.chunks, part)
    return path


def model_parts(
    work: Work, header: Header | None, buckets: int, parts: Sequence[Part]
) -> Iterator[tuple[int, Any]]:
    """Model parts, one after another; gives what became of each, and its keys by bucket.

    A part always writes the same keys, whichever task does it, and however often.
    """
    is_parquet = work.container.format is Format.PARQUET
    for part, chunks in _each(work, parts):
        with (
            tempfile.TemporaryDirectory(prefix="lake-") as made,
            Modeling(Path(made), work.contract, work.source, work.kept) as modeling,
        ):
            if is_parquet:
                path = fetch_rows(work, Path(made), part)
                modeling.take_parquet(path, range(part.first, part.first + part.rows))
            else:
                found = blocks(chunks, first_line=part.first, offset=part.begin)
                before = header if part.number else None
                modeling.take_lines(found, work.container.format, before)
            outcome = modeling.finish(part=True)
            yield (
                DONE,
                Done(outcome.good, outcome.set_aside, outcome.added, _put(work, part, outcome)),
            )
            yield from modeling.keys(buckets)


def met(found: tuple[int, Iterable[Any]]) -> tuple[int, Any]:
    """Count the keys of a bucket, each once, or list what became of the parts."""
    bucket, values = found
    return bucket, list(values) if bucket == DONE else len(set().union(*values))


def _each(work: Work, parts: Sequence[Part]) -> Iterator[tuple[Part, Iterator[bytes]]]:
    if work.container.gzip:
        yield from cut(text_of(work), parts)
        return
    for part in parts:
        yield part, work.chunks(range(part.begin, part.end))


def _put(work: Work, part: Part, outcome: Outcome) -> list[str]:
    zones, dataset = Zones(work.client(), work.modeled, work.failures), work.contract.dataset
    if outcome.rejects:
        key = quarantine_key(dataset, work.source, part.number)
        zones.put_file(work.failures, key, outcome.rejects)
    written = {
        modeled_key(dataset, day, work.source, part.number): path
        for day, path in outcome.parts.items()
    }
    for key, path in written.items():
        zones.put_file(work.modeled, key, path)
    return sorted(written)
