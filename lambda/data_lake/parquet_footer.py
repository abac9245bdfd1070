"""A Parquet file of which only some bytes are there: its row groups, and whether they are sound."""

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from data_lake.cells import raise_torn
from data_lake.file_parts import Part, RowGroup
from data_lake.literals import text

TAIL_BYTES = 8  # behind the footer: its length, and the mark
MARK_BYTES = 4  # before all


def footer_span(size: int, tail: bytes) -> range:
    """Tell where the footer is, by the last bytes of a file of that size."""
    length = int.from_bytes(tail[:4], "little")
    return range(max(size - TAIL_BYTES - length, 0), size)


def write_span(path: Path, size: int, begin: int, chunks: Iterable[bytes]) -> None:
    """Put bytes where they are in a file of that size, which has nothing on disk but them."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(size)
        file.seek(begin)
        file.writelines(chunks)


def write_part(
    path: Path, size: int, chunks: Callable[[range], Iterable[bytes]], part: Part | None = None
) -> None:
    """Write the footer of a file of that size, and the bytes of a part; ``chunks`` reads a span."""
    tail = b"".join(chunks(range(max(size - TAIL_BYTES, 0), size)))
    found = [range(min(MARK_BYTES, size)), footer_span(size, tail)]
    if part:
        found.append(range(part.begin, part.end))
    for span in found:
        write_span(path, size, span.start, chunks(span))


def row_groups(con: duckdb.DuckDBPyConnection, path: Path) -> list[RowGroup]:
    """List the row groups that a footer tells of."""
    found = con.execute(
        "SELECT min(begin), max(begin + total_compressed_size), any_value(row_group_num_rows) FROM "  # noqa: S608 (our own path)
        "(SELECT *, CASE WHEN dictionary_page_offset > 0 "
        "THEN least(dictionary_page_offset, data_page_offset) ELSE data_page_offset END AS begin "
        f"FROM parquet_metadata({text(str(path))})) GROUP BY row_group_id ORDER BY row_group_id"
    ).fetchall()
    return [RowGroup(*each) for each in found]


def check_rows(con: duckdb.DuckDBPyConnection, path: Path, rows: range) -> None:
    """Read every value of some rows; raises SetAside where that is not possible."""
    try:
        con.execute(
            "SELECT count(hash(found)) FROM (SELECT * FROM "  # noqa: S608 (our own path)
            f"read_parquet({text(str(path))}, file_row_number = true) "
            f"WHERE file_row_number >= {rows.start} AND file_row_number < {rows.stop}) AS found"
        ).fetchall()
    except duckdb.Error as error:
        raise_torn(error)
