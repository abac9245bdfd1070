"""Whether a file names a person, whatever it is: text, gzip, Parquet or Avro. Pure."""

import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

import duckdb

from data_lake.literals import text
from data_lake.modeling import engine
from data_lake.names import Names

CHUNK_BYTES = 1024 * 1024
ROWS = 2_000  # that are looked at together
_CELLS = "concat_ws(chr(10), *COLUMNS(* EXCLUDE (file_row_number)))"  # as lines of text
_GZIP, _PARQUET, _AVRO = b"\x1f\x8b", b"PAR1", b"Obj\x01"
# Containers, and texts of two bytes per character: nothing of the lake's own.
_FOREIGN = (b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ")


class UnreadableError(Exception):
    """A file that nobody here can look into, and why."""


def is_parquet(file: BufferedReader) -> bool:
    """Tell whether a stream begins as Parquet does, of which rows and no text are looked into."""
    return file.peek(len(_PARQUET)).startswith(_PARQUET)


def names_in(file: BufferedReader, names: Names) -> bool:
    """Tell whether a stream names the person; raises UnreadableError where that cannot be told."""
    head = file.peek(len(_PARQUET))[: len(_PARQUET)]
    if head.startswith(_FOREIGN):
        raise UnreadableError(f"it begins with {head.hex()}, which is no text")
    if head.startswith(_AVRO):
        return any(names.bound(block) for block in _avro(file))
    if head.startswith(_GZIP):
        return names.are_in_any(_inflated(file))
    return names.are_in_any(iter(lambda: file.read(CHUNK_BYTES), b""))


def names_in_rows(path: Path, names: Names, rows: range | None = None) -> bool:
    """Tell whether rows of a Parquet file, or some of them, name the person; likewise."""
    return bool(_rows_that_name(path, names, rows, first=True))


def write_without(path: Path, names: Names, target: Path) -> int:
    """Write the rows of a Parquet file that do not name the person; returns how many those are.

    Raises UnreadableError for another kind of file.
    """
    found = _rows_that_name(path, names, first=False)
    with engine(target.parent) as con:
        con.execute("CREATE TABLE found AS SELECT unnest($1::BIGINT[]) AS number", [found])
        kept = con.execute(
            f"COPY (SELECT * EXCLUDE (file_row_number) FROM {_rows(path)} "  # noqa: S608 (our own path)
            "WHERE file_row_number NOT IN (FROM found) ORDER BY file_row_number) "
            f"TO {text(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
    return int(kept[0]) if kept else 0


def values_of(path: Path, column: str, value: str, wanted: str) -> set[str]:
    """Read, of the rows of a Parquet file that have a value, what they have in another column."""
    with engine(path.parent) as con:
        rows = con.execute(
            f'SELECT DISTINCT "{wanted}"::VARCHAR FROM read_parquet({text(str(path))}) '  # noqa: S608 (checked names)
            f'WHERE "{column}"::VARCHAR = $1',
            [value],
        ).fetchall()
    return {row[0] for row in rows}


def _rows(path: Path) -> str:
    return f"read_parquet({text(str(path))}, file_row_number = true, hive_partitioning = false)"


def _rows_that_name(
    path: Path, names: Names, rows: range | None = None, *, first: bool
) -> list[int]:
    """Give the numbers of the rows that name the person, all or at least the first."""
    found: list[int] = []
    span = (
        f" WHERE file_row_number >= {rows.start} AND file_row_number < {rows.stop}" if rows else ""
    )
    try:
        with engine(path.parent) as con:
            told = con.execute(f"SELECT file_row_number, {_CELLS} FROM {_rows(path)}{span}")  # noqa: S608 (our own path)
            while some := told.fetchmany(ROWS):
                if names.are_in("\n".join(row for _, row in some).encode()):
                    found += [number for number, row in some if names.are_in(row.encode())]
                    if first:
                        break
    except duckdb.Error as error:
        raise UnreadableError(f"Parquet: {type(error).__name__}") from None
    return found


def _inflated(file: BufferedReader) -> Iterator[bytes]:
    """Decompress gzip, of several members too; of one that is torn what can be had."""
    member = zlib.decompressobj(wbits=31)
    try:
        while chunk := file.read(CHUNK_BYTES):
            while chunk:
                yield member.decompress(chunk, CHUNK_BYTES)
                chunk = member.unconsumed_tail
                if member.eof:
                    chunk = member.unused_data
                    member = zlib.decompressobj(wbits=31)
        yield member.flush()
    except zlib.error:
        return


def _avro(file: BufferedReader) -> Iterator[bytes]:
    """Read the blocks of an Avro file, decompressed, but not what is in them.

    https://avro.apache.org/docs/1.12.0/specification/#object-container-files
    """
    file.read(len(_AVRO))
    codec = b"null"
    while count := _long(file):
        if count < 0:
            _long(file)
        for _ in range(abs(count)):
            name = file.read(_long(file))
            value = file.read(_long(file))
            codec = value if name == b"avro.codec" else codec
    if codec not in (b"null", b"deflate"):
        raise UnreadableError(f"Avro: compressed by {codec.decode('ascii', 'replace')}")
    file.read(16)
    while file.peek(1):
        _long(file)
        block = file.read(_long(file))
        yield block if codec == b"null" else zlib.decompress(block, wbits=-15)
        file.read(16)


def _long(file: BufferedReader) -> int:
    """Read a number as Avro writes it: seven bits a byte, and the sign last."""
    number = shift = 0
    while byte := file.read(1):
        number |= (byte[0] & 0x7F) << shift
        shift += 7
        if not byte[0] & 0x80:
            break
    return (number >> 1) ^ -(number & 1)
