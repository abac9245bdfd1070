"""Stretches of a text, in code points: `text[span.begin:span.end]` is what was found."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Something found in a text, and how sure the rule that found it may be."""

    begin: int
    end: int
    kind: str
    score: float


def found(
    pattern: re.Pattern[str], text: str, kind: str, score: float, group: int | str = 0
) -> Iterator[Span]:
    """Find every match of a pattern, or of one group of it."""
    for match in pattern.finditer(text):
        begin, end = match.span(group)
        if begin < end:
            yield Span(begin, end, kind, score)


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Keep each span that meets none named before it, and put them in the order of the text."""
    kept: list[Span] = []
    taken = bytearray(0)
    for span in spans:
        if len(taken) < span.end:
            taken.extend(bytes(span.end - len(taken)))
        if not any(taken[span.begin : span.end]):
            taken[span.begin : span.end] = b"\x01" * (span.end - span.begin)
            kept.append(span)
    return sorted(kept, key=lambda span: span.begin)
