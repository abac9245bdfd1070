"""Parts of a large file, each of which is modeled alone: where they begin and end. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class LineEnds(NamedTuple):
    """The line ends of a span of bytes: how many, and where in the file the first one is."""

    number: int
    first: int | None


class RowGroup(NamedTuple):
    """A row group of Parquet: its bytes in the file, and how many rows it has."""

    begin: int
    end: int
    rows: int


class Part(NamedTuple):
    """Bytes of a file, decompressed, that hold whole records.

    ``first`` is the number of the first line, from 1; of Parquet that of the first row, from 0, of
    so many ``rows``. The same file and size of parts always give a part the same ``number``.
    """

    number: int
    begin: int
    end: int
    first: int
    rows: int = 0


def spans(size: int, part_bytes: int) -> list[range]:
    """Cut a file into spans of bytes, wherever lines end."""
    return [range(at, min(at + part_bytes, size)) for at in range(0, size, part_bytes)]


def line_ends(
    chunks: Iterable[bytes], part_bytes: int, begin: int = 0
) -> tuple[list[LineEnds], int]:
    """Look for line ends in each span of a stream that begins at an offset; tells where it ends."""
    counts, firsts, at = list[int](), list[int | None](), begin
    for chunk in chunks:
        taken = 0
        while taken < len(chunk):
            number = (at - begin) // part_bytes
            if number == len(counts):
                counts.append(0)
                firsts.append(None)
            stop = min(len(chunk), taken + begin + (number + 1) * part_bytes - at)
            if firsts[number] is None and (found := chunk.find(b"\n", taken, stop)) >= 0:
                firsts[number] = at + found - taken
            counts[number] += chunk.count(b"\n", taken, stop)
            at, taken = at + stop - taken, stop
    return [LineEnds(*each) for each in zip(counts, firsts, strict=True)], at


def parts_of_lines(size: int, found: Sequence[LineEnds]) -> list[Part]:
    """Cut a file behind the first line end of each of its spans, by what was found in them."""
    begins, line = [(0, 0, 1)], 1
    for number, (ends_here, first) in enumerate(found):
        if number and first is not None and first + 1 < size:
            begins.append((number, first + 1, line + 1))
        line += ends_here
    ends = [*(begin for _, begin, _ in begins[1:]), size]
    return [
        Part(number, begin, end, first)
        for (number, begin, first), end in zip(begins, ends, strict=True)
    ]


def parts_of_rows(groups: Iterable[RowGroup], part_bytes: int) -> list[Part]:
    """Put row groups together, as long as a part has no more bytes than it may."""
    parts, row = list[Part](), 0
    for number, group in enumerate(groups):
        last = parts[-1] if parts else None
        if last and group.end - last.begin <= part_bytes:
            parts[-1] = last._replace(
                begin=min(last.begin, group.begin), end=group.end, rows=last.rows + group.rows
            )
        else:
            parts.append(Part(number, group.begin, group.end, row, group.rows))
        row += group.rows
    return parts


def cut(chunks: Iterable[bytes], parts: Iterable[Part]) -> Iterator[tuple[Part, Iterator[bytes]]]:
    """Cut a stream into parts that follow one another; each has to be read before the next."""
    coming, held = iter(chunks), b""

    def bytes_of(left: int) -> Iterator[bytes]:
        nonlocal held
        while left:
            held = held or next(coming, b"")
            if not held:
                return
            piece, held = held[:left], held[left:]
            left -= len(piece)
            yield piece

    for part in parts:
        yield part, bytes_of(part.end - part.begin)
