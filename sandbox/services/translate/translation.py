"""Translate by Apertium where it is installed, else pretend, and say which."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.language import pseudo_translation
from sandbox.services.translate import apertium, terminology
from sandbox.services.translate.apertium import Piece


@dataclass(frozen=True)
class Translation:
    """A translated text, who made it, and the terms that were put in."""

    text: str
    engine: str  # "apertium" or "pseudo"
    applied: Mapping[str, str]


class Translator:
    """Owns the resident pipelines; each starts with the first text for its pair."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipelines: dict[tuple[str, str], apertium.Pipeline] = {}

    def translate(
        self, text: str, source: str, target: str, terms: Mapping[str, str]
    ) -> Translation:
        """Translate a text, with these terms for those of its own.

        Raises `apertium.ApertiumError` when the engine is installed and fails.
        """
        pieces, applied = split(text, terms)
        pipeline = self._pipeline(source, target)
        if pipeline is None:
            return Translation(pseudo_translation.translate(pieces, target), "pseudo", applied)
        return Translation(pipeline.translate(pieces), "apertium", applied)

    def close(self) -> None:
        """End every pipeline."""
        with self._lock:
            for pipeline in self._pipelines.values():
                pipeline.close()
            self._pipelines.clear()

    def _pipeline(self, source: str, target: str) -> apertium.Pipeline | None:
        mode = apertium.pairs().get((source, target))
        if mode is None:
            return None
        with self._lock:
            return self._pipelines.setdefault((source, target), apertium.Pipeline(mode))


def split(text: str, terms: Mapping[str, str]) -> tuple[list[Piece], dict[str, str]]:
    """Cut a text into what is to be translated and what is not: terms, addresses, placeholders."""
    kept = [(m.start(), m.end(), "", m[0]) for m in pseudo_translation.KEPT.finditer(text)]
    kept += terminology.occurrences(text, terms)
    pieces: list[Piece] = []
    applied: dict[str, str] = {}
    at = 0
    for begin, end, term, stays in sorted(kept):
        if begin < at:
            continue
        pieces += [(text[at:begin], False), (stays, True)]
        at = end
        if term:
            applied[term] = terms[term]
    return [*pieces, (text[at:], False)], applied
