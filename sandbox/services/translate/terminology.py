"""Custom terminologies of Amazon Translate: read from CSV, TSV or TMX, and looked up."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from sandbox.language.detection import TRANSLATED

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DELIMITERS = {"CSV": ",", "TSV": "\t"}
LONGEST_TERM = 200  # bytes


class TerminologyError(ValueError):
    """A file that is not a terminology."""


@dataclass(frozen=True)
class Terminology:
    """Rows of terms; a row says one thing in several languages."""

    languages: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    multi: bool

    def terms(self, source: str, target: str) -> dict[str, str]:
        """Give what stands for what between two languages; nothing if it is not for them."""
        if not self.multi and source != self.languages[0]:
            return {}
        return {
            row[source]: row[target]
            for row in reversed(self.rows)  # of two entries for one term the first counts
            if row.get(source) and row.get(target)
        }


def read(content: bytes, form: str, *, multi: bool) -> Terminology:
    """Read a terminology file; raises `TerminologyError`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TerminologyError(f"the terminology file is not UTF-8: {error.reason}") from error
    languages, rows = _tmx(text) if form == "TMX" else _table(text, _DELIMITERS[form])
    unknown = [code for code in languages if code not in TRANSLATED]
    if unknown or len(languages) < 2 or len(set(languages)) < len(languages):
        raise TerminologyError(
            f"the terminology file names the languages {', '.join(languages) or '(none)'}: "
            "give a source and at least one target, each once and by its code"
        )
    long = [t for row in rows for t in row.values() if len(t.encode()) > LONGEST_TERM]
    if long:
        raise TerminologyError(f"the term {long[0][:40]!r} is longer than {LONGEST_TERM} bytes")
    return Terminology(tuple(languages), tuple(rows), multi)


def _table(text: str, delimiter: str) -> tuple[list[str], list[dict[str, str]]]:
    lines = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    if not lines:
        raise TerminologyError("the terminology file is empty")
    languages = [code.strip() for code in lines[0]]
    for number, row in enumerate(lines[1:], 2):
        if len(row) != len(languages):
            raise TerminologyError(
                f"row {number} of the terminology file has {len(row)} cells, not {len(languages)}"
            )
    return languages, [dict(zip(languages, map(str.strip, row), strict=True)) for row in lines[1:]]


def _tmx(text: str) -> tuple[list[str], list[dict[str, str]]]:
    try:
        root: Any = fromstring(text)
    except (ParseError, DefusedXmlException) as error:
        raise TerminologyError(f"the terminology file is not TMX: {error}") from error
    rows = [
        {
            _code(entry.get(_LANG) or entry.get("lang") or ""): "".join(
                entry.find("seg").itertext() if entry.find("seg") is not None else ()
            ).strip()
            for entry in unit.iter("tuv")
        }
        for unit in root.iter("tu")
    ]
    header = root.find("header")
    first = _code(header.get("srclang", "")) if header is not None else ""
    codes = list(dict.fromkeys(code for row in rows for code in row))
    return sorted(codes, key=lambda code: code != first), rows


def _code(tag: str) -> str:
    """Spell a language tag as Amazon Translate does: EN-us is en, zh-tw is zh-TW."""
    base, _, region = tag.partition("-")
    full = f"{base.lower()}-{region.upper()}"
    return full if full in TRANSLATED else base.lower()


def occurrences(text: str, terms: Mapping[str, str]) -> Iterator[tuple[int, int, str, str]]:
    """Find terms as whole words; gives begin, end, the term and what is to stand there."""
    if not terms:
        return
    known = {term.lower(): term for term in terms}
    either = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    for match in re.finditer(rf"(?i)(?<!\w)(?:{either})(?!\w)", text):
        term = known.get(match[0].lower())
        if term is not None:
            yield *match.span(), term, dressed(terms[term], match[0])


def dressed(target: str, found: str) -> str:
    """Give a target term the capitals of the text.

    Source: "Case-insensitive matching" in the Amazon Translate developer guide.
    """
    words: Sequence[str] = found.split()
    if len(found) > 1 and found.isupper():
        return target.upper()
    if all(word[:1].isupper() and word[1:] == word[1:].lower() for word in words):
        return " ".join(word[:1].upper() + word[1:] for word in target.split(" "))
    return target
