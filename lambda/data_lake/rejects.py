"""Records that were set aside, each with its place and reason, as one Parquet file."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb

from data_lake.literals import text
from data_lake.verdicts import MARK
from runtime.object_versions import ObjectVersion

RECORD_CHARACTERS = 4096  # what is kept of a record
Reject = tuple[int | None, int | None, str, str]  # line, byte offset, problem, record


class Rejects:
    """The rejects of one file. A problem is a reason, and behind a mark the column it is about."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.counts: Counter[str] = Counter()
        self._con = con
        con.execute(
            "CREATE TABLE rejects (line_number BIGINT, byte_offset BIGINT, reason VARCHAR, "
            "column_name VARCHAR, record VARCHAR)"
        )

    def add(self, rejects: Iterable[Reject]) -> None:
        """Add rejects; the line and offset of a whole file are None."""
        lines, offsets, problems, records = (list(part) for part in zip(*rejects, strict=True))
        reasons = [str(problem).partition(MARK)[0] for problem in problems]
        columns = [str(problem).partition(MARK)[2] or None for problem in problems]
        self.counts.update(reasons)
        self._con.execute(
            "INSERT INTO rejects SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[]), "
            "unnest($3::VARCHAR[]), unnest($4::VARCHAR[]), left(unnest($5::VARCHAR[]), $6)",
            [lines, offsets, reasons, columns, records, RECORD_CHARACTERS],
        )

    def write(self, path: Path, source: ObjectVersion, version: int | None) -> Path | None:
        """Write all rejects, if any; ``version`` is that of the contract they were held to."""
        if not self.counts:
            return None
        self._con.execute(
            "COPY (SELECT $1::VARCHAR AS source_id, $2::VARCHAR AS object_key, "  # noqa: S608 (our own path)
            "$3::VARCHAR AS version_id, $4::TIMESTAMPTZ AS arrived_at, "
            "$5::INTEGER AS contract_version, * FROM rejects ORDER BY line_number) "
            f"TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd)",
            [
                *(source.object_id, source.key, source.version_id or source.e_tag),
                *(source.event_time, version),
            ],
        )
        return path
