"""Raw files into modeled ones: typed records in Parquet, by day, and what was set aside and why."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Self

import duckdb

from data_lake.cells import ParquetFile, added_names, csv_cells, json_cells, raise_torn
from data_lake.containers import Container, Format, text_chunks
from data_lake.contract import Contract
from data_lake.header import LONG_HEADER, Header, header_in
from data_lake.judged_records import JudgedRecords
from data_lake.line_texts import LineTexts, decoded, original, unquoted
from data_lake.lines import Block, LongLine, blocks
from data_lake.reasons import FileReason, Reason, SetAside
from data_lake.rejects import Rejects
from data_lake.staged_lines import StagedLines
from runtime.object_versions import ObjectVersion

PARQUET_ROWS = 50_000  # of a Parquet file that are judged together
ENGINE_MIB = 256  # beyond it the engine writes to disk
AHEAD = timedelta(days=2)  # not all clocks are right


@dataclass(slots=True)
class Outcome:
    """What became of one file. ``parts`` are Parquet files by day, ``rejects`` one or none."""

    good: int = 0
    repeated: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    file_reason: FileReason | None = None
    added: set[str] = field(default_factory=set)
    parts: dict[date, Path] = field(default_factory=dict)
    rejects: Path | None = None
    objects: int = 0  # that were catalogued as they are

    @property
    def read(self) -> int:
        """Count the records of the file; of one that was set aside whole, none is known."""
        return 0 if self.file_reason else self.good + self.set_aside.total()


def engine(folder: Path) -> duckdb.DuckDBPyConnection:
    """Start an engine that keeps within its memory, and puts what is more into a folder."""
    con = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": f"{ENGINE_MIB}MiB",
            "temp_directory": str(folder / "spilled"),
            # What it cannot do by itself it must not fetch.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    # Or lists that none but a bad record is compared with are joined with every record.
    con.execute("SET disabled_optimizers = 'in_clause'")
    con.execute("SET TimeZone = 'UTC'; SET partitioned_write_flush_threshold = 20000")
    con.execute("SET enable_progress_bar = false")  # or logs have it
    return con


def set_aside(folder: Path, source: ObjectVersion, why: SetAside, version: int | None) -> Outcome:
    """Set a whole file aside: one reject without a line, and nothing else."""
    with engine(folder) as con:
        rejects = Rejects(con)
        rejects.add([(None, None, why.reason, why.detail)])
        path = rejects.write(folder / "rejects.parquet", source, version)
    return Outcome(set_aside=rejects.counts, file_reason=why.reason, rejects=path)


class Modeling:
    """One file on its way, in a folder of its own that may grow as large as the file.

    Memory is bounded by blocks, whatever the file's size, and so is a line's length. Records are
    taken from the last ``kept`` days before the file's arrival, the days that Athena looks at.
    """

    def __init__(
        self,
        folder: Path,
        contract: Contract,
        source: ObjectVersion,
        kept: timedelta,
        *,
        tells_offsets: bool = True,
    ) -> None:
        self._folder, self._contract, self._source = folder, contract, source
        self._tells_offsets = tells_offsets  # not where its bytes are not the file's
        arrival = source.event_time.date()
        self._con = engine(folder)
        self._outcome = Outcome()
        self._rejects = Rejects(self._con)
        self._records = JudgedRecords(
            self._con, contract, {"first": arrival - kept, "end": arrival + AHEAD}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()

    def take_text(self, chunks: Iterable[bytes], container: Container, most_bytes: int) -> None:
        """Take a file of lines, as it comes. Raises SetAside for one that cannot be modeled."""
        self.take_lines(blocks(text_chunks(chunks, container, most_bytes)), container.format)

    def take_lines(
        self, found: Iterable[Block | LongLine], kind: Format, header: Header | None = None
    ) -> None:
        """Take lines; of CSV, the first one is the header unless that came before them."""
        for block in found:
            if isinstance(block, LongLine):
                if header is None and kind is Format.CSV:
                    raise SetAside(*LONG_HEADER)
                self._reject_long(block)
                continue
            lines = decoded(block, self._contract.encoding)
            if kind is Format.JSON_LINES:
                staged = StagedLines.write(lines, self._folder / "lines.txt")
                cells = json_cells(staged, self._contract)
                self._outcome.added.update(added_names(self._con, staged, self._contract))
            else:
                if header is None:
                    header = header_in(lines, self._contract)
                    self._outcome.added.update(header.added)
                    lines = _without_first(lines)
                lines = unquoted(lines, self._contract.delimiter)
                staged = StagedLines.write(lines, self._folder / "lines.txt")
                cells = csv_cells(staged, header)
            bad = [(n, problem) for n, problem, _ in self._records.add(cells, block.first_line)]
            bad += lines.problems.items()
            if bad:
                bad.sort()
                came = block.lines(n for n, _ in bad)
                self._rejects.add(
                    (block.first_line + n, offset if self._tells_offsets else None, problem,
                     original(line, self._contract.encoding, first=not offset))
                    for (n, problem), (offset, line) in zip(bad, came, strict=True)
                )  # fmt: skip

    def take_parquet(self, path: Path, rows: range | None = None) -> None:
        """Take a Parquet file, or some of its rows. Raises SetAside for one that is no good."""
        if not path.stat().st_size:
            raise SetAside(FileReason.EMPTY, "it holds no bytes")
        found = ParquetFile(self._con, path, self._contract)
        self._outcome.added.update(found.added)
        rows = range(found.rows) if rows is None else rows
        for first in rows[::PARQUET_ROWS]:
            try:
                cells = found.cells(first, min(PARQUET_ROWS, rows.stop - first))
                bad = self._records.add(cells, first + 1)
            except duckdb.Error as error:
                raise_torn(error)
            if bad:
                self._rejects.add(
                    (first + 1 + n, None, problem, record) for n, problem, record in bad
                )

    def finish(self, *, part: bool = False) -> Outcome:
        """Write the files, once all of the source was taken; of a ``part``, count no repetition."""
        self._outcome.good = self._records.good
        self._outcome.parts = self._records.write(self._folder / "modeled", self._source)
        if not part:
            self._outcome.repeated = self._records.repeated(self._outcome.parts.values())
        self._outcome.set_aside = self._rejects.counts
        self._outcome.rejects = self._rejects.write(
            self._folder / "rejects.parquet", self._source, self._contract.version
        )
        return self._outcome

    def keys(self, buckets: int) -> Iterator[tuple[int, "array[int]"]]:
        """Tell the keys of the good records by their hashes, in buckets that all parts have."""
        yield from self._records.keys(self._outcome.parts.values(), buckets)

    def _reject_long(self, line: LongLine) -> None:
        head = line.head.decode(self._contract.encoding, "backslashreplace")
        self._rejects.add([(line.first_line, line.offset, Reason.LINE_TOO_LONG, head)])


def _without_first(lines: LineTexts) -> LineTexts:
    """Leave an empty line in the place of the first one."""
    _, end, rest = lines.text.partition("\n")
    return replace(lines, text=end + rest, utf8=None)
