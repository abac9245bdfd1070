"""Raw files into modeled ones: typed records in Parquet, by day, and what was set aside and why."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Self

import duckdb

from data_lake.cells import ParquetFile, added_names, csv_cells, json_cells
from data_lake.containers import Container, Format, text_chunks
from data_lake.contract import Contract
from data_lake.header import Header, header_of
from data_lake.judged_records import JudgedRecords
from data_lake.line_texts import LineTexts, cells_of, decoded, original, unquoted
from data_lake.lines import LongLine, blocks
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
        header: Header | None = None
        for block in blocks(text_chunks(chunks, container, most_bytes)):
            if isinstance(block, LongLine):
                if header is None and container.format is Format.CSV:
                    raise SetAside(FileReason.WRONG_HEADER, "its first line is longer than a block")
                self._reject_long(block)
                continue
            lines = decoded(block, self._contract.encoding)
            if container.format is Format.JSON_LINES:
                staged = StagedLines.write(lines, self._folder / "lines.txt")
                cells = json_cells(staged, self._contract)
                self._outcome.added.update(added_names(self._con, staged, self._contract))
            else:
                if header is None:
                    header, lines = self._begin(lines)
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

    def take_parquet(self, path: Path) -> None:
        """Take a Parquet file. Raises SetAside for one that cannot be modeled."""
        if not path.stat().st_size:
            raise SetAside(FileReason.EMPTY, "it holds no bytes")
        found = ParquetFile(self._con, path, self._contract)
        self._outcome.added.update(found.added)
        for first in range(0, found.rows, PARQUET_ROWS):
            try:
                bad = self._records.add(found.cells(first, PARQUET_ROWS), first + 1)
            except (duckdb.IOException, duckdb.InvalidInputException):
                told = "parquet: its footer can be read, its pages cannot"
                raise SetAside(FileReason.TORN_CONTAINER, told) from None
            if bad:
                self._rejects.add(
                    (first + 1 + n, None, problem, record) for n, problem, record in bad
                )

    def finish(self) -> Outcome:
        """Write the files, once all of the source was taken."""
        self._outcome.good = self._records.good
        self._outcome.parts = self._records.write(self._folder / "modeled", self._source)
        self._outcome.repeated = self._records.repeated(self._outcome.parts.values())
        self._outcome.set_aside = self._rejects.counts
        self._outcome.rejects = self._rejects.write(
            self._folder / "rejects.parquet", self._source, self._contract.version
        )
        return self._outcome

    def _begin(self, lines: LineTexts) -> tuple[Header, LineTexts]:
        """Read the header, and leave an empty line in its place."""
        first, end, rest = lines.text.partition("\n")
        try:
            names = cells_of(first, self._contract.delimiter)
        except csv.Error:
            told = "its first line is no line of CSV"
            raise SetAside(FileReason.WRONG_HEADER, told) from None
        header = header_of(names, self._contract)
        self._outcome.added.update(header.added)
        return header, replace(lines, text=end + rest, utf8=None)

    def _reject_long(self, line: LongLine) -> None:
        head = line.head.decode(self._contract.encoding, "backslashreplace")
        self._rejects.add([(line.first_line, line.offset, Reason.LINE_TOO_LONG, head)])
