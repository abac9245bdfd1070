"""Take flagged spans out of a text, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Flag(NamedTuple):
    """A span of a text, in characters, that is personal: ``type`` is Comprehend's word for it."""

    begin: int
    end: int
    type: str


def flags(pii: Iterable[Mapping[str, Any]], confidence: float) -> list[Flag]:
    """Read the spans flagged with enough confidence, in order; overlapping ones become one.

    That one is of the type that is surest, and of two as sure, of the longer, the first one.
    """
    sure = [
        entry for entry in pii if entry["score"] >= confidence and entry["begin"] < entry["end"]
    ]
    merged: list[list[Mapping[str, Any]]] = []
    end = 0
    for entry in sorted(sure, key=lambda e: (e["begin"], e["end"], e["type"])):
        if merged and entry["begin"] < end:
            merged[-1].append(entry)
            end = max(end, entry["end"])
        else:
            merged.append([entry])
            end = entry["end"]
    return [_one(group) for group in merged]


def redact(text: str, spans: Sequence[Flag]) -> str:
    """Write ``[TYPE]`` in the place of every span; ``spans`` as ``flags`` gives them."""
    parts: list[str] = []
    place = 0
    for begin, end, kind in spans:
        parts += (text[place:begin], f"[{kind}]")
        place = end
    parts.append(text[place:])
    return "".join(parts)


def _one(group: Sequence[Mapping[str, Any]]) -> Flag:
    if len(group) == 1:
        return Flag(group[0]["begin"], group[0]["end"], group[0]["type"])
    surest = max(group, key=lambda e: (e["score"], e["end"] - e["begin"]))
    return Flag(group[0]["begin"], max(entry["end"] for entry in group), surest["type"])
