"""Avro's container files, which Iceberg lists its data files in."""

import json
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.services.athena.engine.errors import AthenaError, not_carried

_MAGIC, _SYNC = b"Obj\x01", 16


@dataclass
class _Cursor:
    data: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        found = self.data[self.at : self.at + size]
        if len(found) < size:
            raise EOFError(f"{size} bytes wanted at {self.at}, and the file ends")
        self.at += size
        return found

    def whole(self) -> int:
        number = shift = 0
        while True:
            (byte,) = self.take(1)
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (number >> 1) ^ -(number & 1)
            shift += 7

    def blob(self) -> bytes:
        return self.take(self.whole())


Reader = Callable[[_Cursor], Any]
_PLAIN: Mapping[str, Reader] = {
    "null": lambda _: None,
    "boolean": lambda c: c.take(1) == b"\x01",
    "int": _Cursor.whole,
    "long": _Cursor.whole,
    "float": lambda c: struct.unpack("<f", c.take(4))[0],
    "double": lambda c: struct.unpack("<d", c.take(8))[0],
    "bytes": _Cursor.blob,
    "string": lambda c: c.blob().decode(),
}


def records(data: bytes) -> Iterator[dict[str, Any]]:
    """Read the records of a container; logical types stay the numbers and bytes that they are.

    Raises AthenaError for what is no such file.
    """
    try:
        yield from _records(_Cursor(data))
    except (EOFError, ValueError, KeyError, zlib.error, struct.error) as error:
        message = f"Error reading an Avro file: {type(error).__name__}: {error}"
        raise AthenaError("ICEBERG_BAD_DATA", message) from error


def _records(cursor: _Cursor) -> Iterator[dict[str, Any]]:
    if cursor.take(len(_MAGIC)) != _MAGIC:
        raise ValueError("it does not begin as one")
    about = _map(_PLAIN["bytes"])(cursor)
    read = _reader(json.loads(about["avro.schema"]), {})
    codec = about.get("avro.codec", b"null").decode()
    if codec not in ("null", "deflate"):
        raise not_carried(f"manifests that are compressed by {codec}")
    sync = cursor.take(_SYNC)
    while cursor.at < len(cursor.data):
        count, block = cursor.whole(), cursor.blob()
        inner = _Cursor(zlib.decompress(block, -15) if codec == "deflate" else block)
        yield from (read(inner) for _ in range(count))
        if cursor.take(_SYNC) != sync:
            raise ValueError("a block does not end as it should")


def _reader(schema: Any, named: dict[str, Reader]) -> Reader:
    if isinstance(schema, list):
        return _union([_reader(each, named) for each in schema])
    if isinstance(schema, str):
        return _PLAIN[schema] if schema in _PLAIN else lambda c: named[schema](c)
    kind = schema["type"]
    if kind == "array":
        return _array(_reader(schema["items"], named))
    if kind == "map":
        return _map(_reader(schema["values"], named))
    if kind == "record":
        fields = [(each["name"], _reader(each["type"], named)) for each in schema["fields"]]
        named[schema["name"]] = lambda c: {name: read(c) for name, read in fields}
        return named[schema["name"]]
    if kind == "fixed":
        size = schema["size"]
        named[schema["name"]] = lambda c: c.take(size)
        return named[schema["name"]]
    if kind == "enum":
        symbols = schema["symbols"]
        named[schema["name"]] = lambda c: symbols[c.whole()]
        return named[schema["name"]]
    return _reader(kind, named)


def _union(branches: list[Reader]) -> Reader:
    return lambda c: branches[c.whole()](c)


def _blocks(cursor: _Cursor) -> Iterator[None]:
    while count := cursor.whole():
        if count < 0:  # then the block's size comes first, for those who skip it
            cursor.whole()
        yield from (None for _ in range(abs(count)))


def _array(read: Reader) -> Reader:
    return lambda c: [read(c) for _ in _blocks(c)]


def _map(read: Reader) -> Reader:
    return lambda c: {c.blob().decode(): read(c) for _ in _blocks(c)}
