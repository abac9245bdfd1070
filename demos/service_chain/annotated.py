"""Show what was found in a text at its place: by line, frame and word, not by colour alone."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from demos.report.html import Html, join, prose, tag
from demos.service_chain.results import Found, Version

LONGEST = 6_000  # characters of a text that the page shows
ENTITY, PERSONAL = "entity", "personal"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something found, and as what it is shown."""

    look: str
    found: Found


def marks(version: Version) -> list[Mark]:
    """List entities and personal data of a text, from its beginning on."""
    found = [Mark(ENTITY, f) for f in version.entities]
    found += [Mark(PERSONAL, f) for f in version.pii or ()]
    return sorted(found, key=lambda m: (m.found.begin, -m.found.end, m.look))


def pieces(text: str, found: Sequence[Mark]) -> list[tuple[int, int, tuple[Mark, ...]]]:
    """Cut a text wherever something begins or ends; say what covers each piece."""
    cuts = {0, len(text)}
    for mark in found:
        cuts |= {mark.found.begin, mark.found.end}
    places = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    return [
        (a, b, tuple(m for m in found if m.found.begin <= a and b <= m.found.end))
        for a, b in itertools.pairwise(places)
    ]


def annotated(version: Version) -> Html:
    """Write the text with its marks."""
    text = version.text[:LONGEST]
    found = [m for m in marks(version) if m.found.end <= len(text)]
    parts = [_piece(text[a:b], b, covering) for a, b, covering in pieces(text, found)]
    return body(join(parts), version.language, cut=len(version.text) - len(text))


def plain(text: str, language: str) -> Html:
    """Write a text as it is."""
    return body(Html("") + prose(text[:LONGEST]), language, cut=max(len(text) - LONGEST, 0))


def body(words: Html, language: str, *, cut: int) -> Html:
    """Frame a text of a language; its direction is its own, whatever stands around it."""
    more = tag("p", f"{cut:,} more characters are not shown", class_="small") if cut else ""
    return tag("div", tag("div", words, lang=language, dir="auto", class_="prose"), more)


def _piece(words: str, end: int, covering: Iterable[Mark]) -> Html:
    covering = tuple(covering)
    if not covering:
        return Html("") + prose(words)
    looks = " ".join(dict.fromkeys(m.look for m in covering))
    said = "; ".join(f"{m.found.type}, {m.found.score:.2f}" for m in covering)
    ending = [m for m in covering if m.found.end == end]
    labels = join(tag("small", _named(m), class_=f"kind {m.look}") for m in ending)
    return tag("mark", prose(words), class_=looks, title=said) + labels


def _named(mark: Mark) -> str:
    name = mark.found.type.replace("_", " ").lower()
    return f" {name}" if mark.look == ENTITY else f" pii {name}"


def legend() -> Html:
    """Explain the marks."""
    samples = (
        (ENTITY, "an entity: underlined, its type behind it"),
        (PERSONAL, "personal data: framed, PII before its type"),
        (f"{ENTITY} {PERSONAL}", "both"),
    )
    shown = (tag("span", tag("mark", "words", class_=look), said) for look, said in samples)
    return tag("p", *shown, class_="key-line")
