"""Custom vocabularies: how phrases are spelled when they are heard."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.transcribe.spelling import Spellings

_COLUMNS = {"Phrase", "DisplayAs", "SoundsLike", "IPA"}


class VocabularyError(Exception):
    """A vocabulary that Transcribe would not take; the message says why."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A named list of phrases, ready from the start."""

    name: str
    language: str
    spellings: Spellings
    modified: float = field(default_factory=CLOCK.time)

    def described(self) -> dict[str, Any]:
        """Show it as ``VocabularyInfo``."""
        return {
            "VocabularyName": self.name,
            "LanguageCode": self.language,
            "LastModifiedTime": self.modified,
            "VocabularyState": "READY",
        }


def spellings(phrases: Iterable[str]) -> Spellings:
    """Read a list of phrases, in which a hyphen stands between words: ``Robert-Miller``."""
    return {_spoken(phrase): phrase.replace("-", " ").strip() for phrase in phrases if phrase}


def spellings_of_file(text: str) -> Spellings:
    """Read a vocabulary file: a table with tabs and the column ``Phrase``, or a phrase a line."""
    lines = [line.rstrip("\r") for line in text.lstrip("\ufeff").split("\n") if line.strip()]
    columns = lines[0].split("\t") if lines else []
    if "Phrase" not in columns:
        return spellings(line.strip() for line in lines)
    if unknown := set(columns) - _COLUMNS:
        raise VocabularyError(
            f"the vocabulary file has the column {min(unknown)}; "
            f"allowed: {', '.join(sorted(_COLUMNS))}"
        )
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return {
        _spoken(row["Phrase"]): (row.get("DisplayAs") or row["Phrase"].replace("-", " ")).strip()
        for row in rows
    }


def _spoken(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.lower().replace("-", " ").split())
