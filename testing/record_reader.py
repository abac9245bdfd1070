"""RecordIO of protocol buffers, read by the wire format alone: nothing here knows who wrote it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MAGIC, _LENGTH = 0xCED7230A, 2
Floats = NDArray[np.float32]


def read(path: Path) -> Iterator[tuple[Floats, Floats | None]]:
    """Give the features of each record, and its label or None."""
    for frame in _frames(path.read_bytes()):
        told = _message(frame)
        assert set(told) <= {1, 2}, "features and label alone"
        yield _tensor(told[1]), _tensor(told[2]) if 2 in told else None


def _frames(content: bytes) -> Iterator[bytes]:
    """Split what RecordIO has: a magic number, a length, and content up to a multiple of four."""
    while content:
        magic, length = np.frombuffer(content[:8], "<u4")
        assert magic == _MAGIC
        end = 8 + int(length)
        yield content[8:end]
        padding = content[end : end + (-end % 4)]
        assert not any(padding)
        content = content[end + len(padding) :]


def _message(content: bytes) -> dict[int, list[bytes]]:
    """Read a message: by a field's number, the bytes of each time that it is there."""
    found: dict[int, list[bytes]] = {}
    while content:
        key, content = _number(content)
        assert key & 7 == _LENGTH, "every field that is written has a length"
        length, content = _number(content)
        assert len(content) >= length
        found.setdefault(key >> 3, []).append(content[:length])
        content = content[length:]
    return found


def _number(content: bytes) -> tuple[int, bytes]:
    bits = ""
    for place, byte in enumerate(content):
        bits = f"{byte & 127:07b}{bits}"
        if byte < 128:
            return int(bits, 2), content[place + 1 :]
    raise AssertionError("a number does not end")


def _tensor(entries: list[bytes]) -> Floats:
    """Read the one entry of a map, which is called ``values``: its 32-bit floats."""
    (entry,) = entries
    told = _message(entry)
    assert told[1] == [b"values"]
    (tensor,) = _message(told[2][0])[2]
    (floats,) = _message(tensor)[1]
    return np.frombuffer(floats, "<f4")
