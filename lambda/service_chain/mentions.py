"""What is named in a text, once per name, with every place where it is named."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service_chain.redaction import Flag, redact

Span = tuple[int, int]


@dataclass(slots=True)
class _Name:
    """A name as it was first spelled, the best score that it had, and where it stands."""

    text: str
    score: float
    spans: dict[Span, None]  # a set in the order in which they came, which is that of the text


class Mentions:
    """Entities or key phrases of one text. The same name in another case is the same name."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], _Name] = {}

    def add(self, name: str, kind: str, begin: int, score: float) -> None:
        """Add a name that stands in the text at ``begin``; ``kind`` is empty for a phrase."""
        key = (name.casefold(), kind)
        known = self._names.get(key)
        if known is None:
            known = self._names[key] = _Name(name, score, {})
        elif score > known.score:
            known.score = score
        known.spans[begin, begin + len(name)] = None

    def entries(self, flags: Sequence[Flag]) -> list[dict[str, Any]]:
        """List the names by where each is first, spans that overlap another of theirs left out.

        An entry that touches a personal span says so: ``pii`` is then true, and ``masked`` the
        name with that span's type in its place.
        """
        begins = [flag.begin for flag in flags]
        entries = []
        for (_, kind), name in self._names.items():
            places = _apart(name.spans)
            entry: dict[str, Any] = {"text": name.text}
            if kind:
                entry["type"] = kind
            entry |= {"score": name.score, "count": len(places), "offsets": places}
            # All spans, those left out too: what is personal in any of them is personal.
            if found := masks(name.text, name.spans, flags, begins):
                entry |= {"pii": True, "masked": redact(name.text, found)}
            entries.append(entry)
        return sorted(entries, key=lambda e: (e["offsets"][0], e["text"], e.get("type", "")))


def place_of(found: Mapping[str, Any], text: str) -> Span | None:
    """Find in a text what Comprehend found in it; None where that is nothing but blanks.

    Its offsets are believed, unless its own words for what it found stand elsewhere in the text.
    Raises ValueError for offsets that are not in the text.
    """
    begin, end = found["BeginOffset"], found["EndOffset"]
    name = found.get("Text")
    if name and begin >= 0 and end - begin == len(name) and text[begin:end] == name:
        return None if name.isspace() else (begin, end)
    fits = 0 <= begin < end <= len(text)
    if name and not (fits and text[begin:end].casefold() == name.casefold()):
        start = max(0, begin)
        after, before = text.find(name, start), text.rfind(name, 0, start + len(name))
        near = [at for at in (after, before) if at >= 0]
        if near:
            begin = min(near, key=lambda at: abs(at - begin))
            end, fits = begin + len(name), True
    if not fits:
        problem = f"offsets {begin} to {end} in a text of {len(text)} characters"
        raise ValueError(problem)
    return None if text[begin:end].isspace() else (begin, end)


def _apart(spans: Iterable[Span]) -> list[Span]:
    apart: list[Span] = []
    for span in sorted(spans):
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return apart


def masks(
    name: str, spans: Iterable[Sequence[int]], flags: Sequence[Flag], begins: Sequence[int]
) -> list[Flag]:
    """Find what is personal in a name, anywhere that it stands; spans of the name itself.

    ``flags`` are in order and apart, ``begins`` is where each begins.
    """
    if not flags:
        return []
    found: set[Flag] = set()  # of a thousand places, most are flagged alike
    for begin, end in spans:
        last = bisect_left(begins, end)
        if not last or flags[last - 1].end <= begin:  # as with most: all others end before it
            continue
        first = max(0, bisect_right(begins, begin) - 1)
        for flag in flags[first:last]:
            if flag.end <= begin:
                continue
            if end - begin != len(name):  # another spelling, "ß" for "ss": mask all of it
                return [Flag(0, len(name), flag.type)]
            found.add(Flag(max(flag.begin, begin) - begin, min(flag.end, end) - begin, flag.type))
    merged: list[Flag] = []
    for flag in sorted(found):
        if merged and flag.begin < merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(flag.end, merged[-1].end))
        else:
            merged.append(flag)
    return merged
