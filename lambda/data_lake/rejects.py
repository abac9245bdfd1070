"""Records that were set aside, each with its place and reason, as one Parquet file."""

from collections import Counter
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path

import duckdb

from data_lake.literals import text
from data_lake.verdicts import MARK
from runtime.object_versions import ObjectVersion

RECORD_CHARACTERS = 4096  # what is kept of a record
_CONTROLS = tuple(map(chr, (30, 29, 28, *range(1, 9))))
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
        lines, offsets, problems, records = zip(*rejects, strict=True)
        for problem, count in Counter(problems).items():
            self.counts[str(problem).partition(MARK)[0]] += count
        cut = [record[:RECORD_CHARACTERS] for record in records]
        between = _between(cut)
        # As texts, which the engine takes apart itself: value by value it takes ten times as long.
        self._con.execute(
            "INSERT INTO rejects SELECT line, byte, split_part(problem, $6, 1), "
            "nullif(split_part(problem, $6, 2), ''), record FROM (SELECT "
            "TRY_CAST(unnest(string_split($1, ',')) AS BIGINT) AS line, "
            "TRY_CAST(unnest(string_split($2, ',')) AS BIGINT) AS byte, "
            "unnest(string_split($3, ',')) AS problem, unnest(string_split($4, $5)) AS record)",
            [
                *(",".join("" if n is None else str(n) for n in each) for each in (lines, offsets)),
                *(",".join(problems), between.join(cut), between, MARK),
            ],
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


def _between(texts: list[str]) -> str:
    """Find what stands in none of the texts, and does not begin as it ends.

    Of the longest there are more than any text can hold.
    """
    whole = "\n".join(texts)
    marks = (mark for length in range(3, 10) for mark in permutations(_CONTROLS, length))
    return next(mark for mark in map("".join, marks) if mark not in whole)
