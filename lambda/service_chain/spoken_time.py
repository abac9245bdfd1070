"""When in a recording a span of its transcript is spoken."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any


def times_of(
    spans: Iterable[tuple[int, int]], words: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[float, float] | None]:
    """Tell for each span of characters the seconds from which and to which it is spoken.

    ``words`` are a transcript's, in the order of the text: ``begin`` and ``end_offset`` are
    characters, ``start`` and ``end`` seconds. A span that touches no word has no time. Speakers
    on two channels may talk at once, so the first word of a span need not be the earliest.
    """
    begins = [word["begin"] for word in words]
    ends = [word["end_offset"] for word in words]
    for begin, end in spans:
        spoken = words[bisect_right(ends, begin) : bisect_left(begins, end)]
        if begin >= end or not spoken:
            yield None
        else:
            yield min(word["start"] for word in spoken), max(word["end"] for word in spoken)
