"""Records of a stream, a batch at a time: modeled as a file is, each with where it came from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from data_lake.containers import Container, Format
from data_lake.contract import Contract
from data_lake.literals import text
from data_lake.modeling import Modeling, Outcome, engine
from data_lake.places import UNKNOWN
from data_lake.rejects import RECORD_CHARACTERS, Reject, Rejects
from data_lake.streamed_records import RefusedError, streamed
from runtime.object_versions import ObjectVersion

_LINES = Container(Format.JSON_LINES, gzip=False)
_CHUNK_BYTES = 1024 * 1024
_AT_ONCE = 1000  # rejects, which are put into the engine together
_HEAD_BYTES = 4 * RECORD_CHARACTERS


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """What a stream has: bytes, and by what they are known. The same record has the same always.

    Records that a producer has put into one have one ``sequence``, and keep their order.
    """

    data: bytes
    sequence: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What became of the records of one data set, "" for none; ``latest`` is the last arrival."""

    dataset: str
    version: int | None
    outcome: Outcome
    latest: datetime
    size_bytes: int


class _Told:
    """Records of one data set, a line each, and beside each line where it came from."""

    def __init__(self, folder: Path, name: str, files: ExitStack) -> None:
        self.lines, self.places = folder / f"{name}.jsonl", folder / f"{name}.places.csv"
        self._lines = files.enter_context(self.lines.open("wb"))
        self._places = files.enter_context(self.places.open("w", encoding="utf-8"))
        self.count = self.size_bytes = 0
        self.latest = datetime.min.replace(tzinfo=UTC)

    def put(self, line: bytes, record: StreamRecord, nth: int) -> None:
        """Keep a record, the ``nth`` of its sequence number, from 1."""
        self.count += 1
        self.size_bytes += len(record.data)
        self.latest = max(self.latest, record.arrived_at)
        self._lines.write(line + b"\n")
        arrived = record.arrived_at.isoformat()
        self._places.write(f"{self.count},{record.sequence},{nth},{arrived}\n")


def take_batch(
    records: Iterable[StreamRecord],
    stream: str,
    contracts: Mapping[str, Contract],
    kept: timedelta,
    folder: Path,
) -> Iterator[Part]:
    """Hold records to the contracts of the data sets that they name.

    Gives what became of those of no data set, then of each one's. A good one and one set aside
    both say their sequence number (``source_id``), their place among those that have it, and when
    the stream took them: whatever batch they come in, and however often.
    """
    inside = folder / UNKNOWN
    inside.mkdir()
    with engine(inside) as con:
        rejects = Rejects(con)
        with ExitStack() as files:
            refused = _Told(folder, UNKNOWN, files)
            found = _parted(records, contracts, refused, rejects, folder, files)
        source = _source(stream, UNKNOWN, refused)
        aside = rejects.write(inside / "rejects.parquet", source, None)
    if aside:
        outcome = Outcome(set_aside=rejects.counts, rejects=aside)
        _tell_places(outcome, refused.places, stream, inside)
        yield Part("", None, outcome, refused.latest, refused.size_bytes)
    for dataset, told in found.items():
        inside = folder / dataset
        inside.mkdir()
        contract, source = contracts[dataset], _source(stream, dataset, told)
        with Modeling(inside, contract, source, kept, tells_offsets=False) as modeling:
            modeling.take_text(_pieces(told.lines), _LINES, told.lines.stat().st_size)
            outcome = modeling.finish()
        _tell_places(outcome, told.places, stream, inside)
        yield Part(dataset, contract.version, outcome, told.latest, told.size_bytes)


def _source(stream: str, dataset: str, told: _Told) -> ObjectVersion:
    return ObjectVersion(stream, dataset, "batch", "", "", told.count, told.latest)


def _parted(
    records: Iterable[StreamRecord],
    contracts: Mapping[str, Contract],
    refused: _Told,
    rejects: Rejects,
    folder: Path,
    files: ExitStack,
) -> dict[str, _Told]:
    """Give each data set its lines; reject what is of none."""
    found: dict[str, _Told] = {}
    seen, bad = Counter[str](), list[Reject]()
    for record in records:
        seen[record.sequence] += 1
        nth = seen[record.sequence]
        try:
            taken = streamed(record.data, contracts)
        except RefusedError as error:
            refused.put(b"", record, nth)
            head = record.data[:_HEAD_BYTES].decode("utf-8", "backslashreplace")
            bad.append((refused.count, None, error.reason, head))
            if len(bad) == _AT_ONCE:
                rejects.add(bad)
                bad.clear()
            continue
        if taken.dataset not in found:
            found[taken.dataset] = _Told(folder, taken.dataset, files)
        found[taken.dataset].put(taken.line, record, nth)
    if bad:
        rejects.add(bad)
    return found


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            yield piece


def _tell_places(outcome: Outcome, places: Path, stream: str, folder: Path) -> None:
    """Say of each record where it came from, in the place of its line in a file of ours."""
    with engine(folder) as con:
        con.execute(
            "CREATE TABLE places AS SELECT * FROM read_csv("  # noqa: S608 (our own path)
            f"{text(str(places))}, header = false, auto_detect = false, columns = "
            "{'n': 'BIGINT', 'sequence': 'VARCHAR', 'nth': 'BIGINT', 'arrived': 'TIMESTAMPTZ'})"
        )
        for path in outcome.parts.values():
            _replace(con, path, "source_line", {})
        if outcome.rejects:
            more = {"object_key": text(stream), "version_id": "sequence"}
            _replace(con, outcome.rejects, "line_number", more)


def _replace(
    con: duckdb.DuckDBPyConnection, path: Path, line: str, more: Mapping[str, str]
) -> None:
    told = {"source_id": "sequence", line: "nth", "arrived_at": "arrived", **more}
    columns = ", ".join(f"{value} AS {name}" for name, value in told.items())
    new = path.with_suffix(".new")
    con.execute(
        f"COPY (SELECT r.* REPLACE ({columns}) FROM read_parquet({text(str(path))}, "  # noqa: S608 (ours)
        f"hive_partitioning = false) r JOIN places ON r.{line} = places.n ORDER BY r.{line}) "
        f"TO {text(str(new))} (FORMAT parquet, COMPRESSION zstd)"
    )
    new.replace(path)
