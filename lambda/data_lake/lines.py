"""A stream of bytes as blocks of whole lines, none of which is ever held longer than a block."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from operator import add

BLOCK_BYTES = 8 * 1024 * 1024  # and so the longest line that is read
HEAD_BYTES = 4096  # what is kept of a line that is longer


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, without the last one's end. ``offset`` counts bytes, ``first_line`` from 1."""

    content: bytes
    first_line: int
    offset: int

    def offsets(self) -> list[int]:
        """Return where each line begins, in bytes from the beginning of the stream."""
        ends = accumulate(map(len, self.content.split(b"\n")), initial=self.offset)
        return list(map(add, ends, range(self.content.count(b"\n") + 1)))

    def lines(self, indexes: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Give offset and bytes of some lines, whose indexes, from 0, ascend."""
        parts = self.content.split(b"\n")
        at, offset = 0, self.offset
        for index in indexes:
            offset += sum(map(len, parts[at:index])) + index - at
            at = index
            yield offset, parts[index]


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line that no block holds, and how it begins."""

    head: bytes
    first_line: int
    offset: int


def blocks(
    chunks: Iterable[bytes], size: int = BLOCK_BYTES, *, first_line: int = 1, offset: int = 0
) -> Iterator[Block | LongLine]:
    """Cut a stream at line ends into blocks of at most ``size`` bytes, however it comes in chunks.

    A line that is longer is dropped but for its beginning, and the next line is read. A stream that
    is part of another one begins there with the line and at the offset that are given.
    """
    buffer, line = bytearray(), first_line
    dropping = False
    for chunk in chunks:
        buffer += chunk
        while True:
            if dropping:
                end = buffer.find(b"\n")
                offset += len(buffer) if end < 0 else end + 1
                del buffer[: len(buffer) if end < 0 else end + 1]
                dropping = end < 0
                line += not dropping
            if len(buffer) <= size:
                break
            end = buffer.rfind(b"\n", 0, size + 1)
            if end < 0:
                yield LongLine(bytes(buffer[: min(HEAD_BYTES, size)]), line, offset)
                dropping = True
                continue
            with memoryview(buffer) as whole:
                content = bytes(whole[:end])
            yield Block(content, line, offset)
            line += content.count(b"\n") + 1
            offset += end + 1
            del buffer[: end + 1]
    content = bytes(buffer.removesuffix(b"\n"))
    if content and not dropping:
        yield Block(content, line, offset)
