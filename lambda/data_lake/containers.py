"""What a file is by its name and first bytes, and what a compressed one holds."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from data_lake.reasons import FileReason, SetAside

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
# Containers and texts of two bytes per character, whatever their name says.
_FOREIGN = (_GZIP, _PARQUET, b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"BZh", b"\x28\xb5\x2f\xfd")
_PIECE = 256 * 1024


class Format(StrEnum):
    """How records are written."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"


_ENDINGS = {
    ".csv": Format.CSV,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".json": Format.JSON_LINES,
    ".parquet": Format.PARQUET,
}


@dataclass(frozen=True, slots=True)
class Container:
    """A format, and whether it is compressed as a whole."""

    format: Format
    gzip: bool


def container_of(key: str) -> Container:
    """Tell what a file is by the end of its key; raises SetAside for any other."""
    name = key.rpartition("/")[2].lower()
    plain = name.removesuffix(".gz")
    for ending, kind in _ENDINGS.items():
        if plain.endswith(ending) and not (kind is Format.PARQUET and plain != name):
            return Container(kind, gzip=plain != name)
    allowed = f"{', '.join(_ENDINGS)}, and .gz behind any but the last"
    raise SetAside(FileReason.UNKNOWN_FORMAT, f"the key ends with none of {allowed}")


def text_chunks(chunks: Iterable[bytes], container: Container, most: int) -> Iterator[bytes]:
    """Yield the bytes of a text file, decompressed.

    Raises SetAside for a container that is torn or is something else than its name says, and for
    more than ``most`` bytes: a few kilobytes of gzip can hold gigabytes.
    """
    begun, total = b"", 0
    for chunk in _inflated(chunks) if container.gzip else chunks:
        total += len(chunk)
        if total > most:
            raise SetAside(FileReason.TOO_LARGE, f"it holds more than {most} bytes")
        if len(begun) < len(_PARQUET):
            begun += chunk[: len(_PARQUET)]
            if begun.startswith(_FOREIGN):
                raise SetAside(FileReason.UNKNOWN_FORMAT, "its first bytes are not such a text's")
        yield chunk
    if not total:
        raise SetAside(FileReason.EMPTY, "it holds no bytes")


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress gzip, of several members too, a piece at a time."""
    member = zlib.decompressobj(wbits=31)
    fresh = True
    try:
        for chunk in chunks:
            while chunk:
                piece = member.decompress(chunk, _PIECE)
                fresh = False
                chunk = member.unconsumed_tail
                if piece:
                    yield piece
                if member.eof:
                    chunk = member.unused_data
                    member, fresh = zlib.decompressobj(wbits=31), True
        if not fresh and (piece := member.flush()):  # what it had read and not yet given
            yield piece
    except zlib.error as error:
        raise SetAside(FileReason.TORN_CONTAINER, f"gzip: {error}") from None
    if not fresh and not member.eof:
        raise SetAside(FileReason.TORN_CONTAINER, "gzip: it ends in the middle")
