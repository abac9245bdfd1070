"""What is personal in a document, as words that can be known again in any of its languages."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

from service_chain.graphemes import whole
from service_chain.redaction import Flag, flags, redact

NAME = "NAME"
SHORTEST_PART = 3

# In names, but common words as well ("der" would hide half of a German text), and what people are
# addressed as.
_NOBODY = re.compile(
    "and|bin|das|del|della|den|der|des|dos|ibn|las|los|the|van|von"
    "|doctor|dona|frau|herr|lady|madame|miss|mister|mlle|mme|monsieur|mrs|prof|senora?|sir|srta?"
)
# A name in Latin letters is a word of its own even where what is around it has no blanks: in those
# scripts each sign is one.
_LATIN = "\0-\u036f\u1e00-\u1eff\uff00-\uff5e"
_SIGNS = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff5f-\uffef\U00020000-\U0003ffff"
_WORD = re.compile(
    f"(?:(?=[{_LATIN}])[^\\W_]|[\u0300-\u036f])+"
    f"|(?=[{_SIGNS}])[^\\W_]"
    f"|(?:(?![{_LATIN}{_SIGNS}])[^\\W_])+"
)


class _Word(NamedTuple):
    begin: int
    end: int
    spelling: str


class PersonalWords:
    """Values that were flagged, found again whatever their case, accents and punctuation.

    A person is also found by a part of the name, of three letters at least.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._longest = 0

    def copy(self) -> Self:
        """Make another that knows the same, and may learn more."""
        other = type(self)()
        other._kinds, other._longest = dict(self._kinds), self._longest
        return other

    def add_flagged(self, text: str, pii: Iterable[Mapping[str, Any]], confidence: float) -> None:
        """Learn every span of a text that was flagged with enough confidence."""
        sure = (entry for entry in pii if entry["score"] >= confidence)
        values = ((text[entry["begin"] : entry["end"]], entry["type"]) for entry in sure)
        for value, kind in dict.fromkeys(values):  # each once, however often it is said
            self.add(value, kind)

    def add(self, value: str, kind: str) -> str:
        """Learn a value; ``kind`` is Comprehend's word for it. Give back what it is known as."""
        words = _words(value)
        known_as = self._learn("".join(word.spelling for word in words), kind)
        if kind == NAME:
            for _, _, part in words:
                if len(part) >= SHORTEST_PART and part.isalpha() and not _NOBODY.fullmatch(part):
                    self._learn(part, kind)
        return known_as

    def mask(self, text: str) -> str:
        """Write ``[TYPE]`` in the place of every value that stands in a text as whole words."""
        return redact(text, self._found(text))

    def _learn(self, spelling: str, kind: str) -> str:
        if not spelling:
            return kind
        self._longest = max(self._longest, len(spelling))
        return self._kinds.setdefault(spelling, kind)

    def _found(self, text: str) -> list[Flag]:
        """Find all values, wherever they are broken: a number may have its blanks elsewhere."""
        words, found = _words(text), []
        for first, (begin, _, _) in enumerate(words):
            spelling = ""
            for place in range(first, len(words)):
                _, end, word = words[place]
                spelling += word
                if len(spelling) > self._longest:
                    break
                if kind := self._kinds.get(spelling):
                    begins, ends = whole(text, begin, end)
                    found.append({"type": kind, "begin": begins, "end": ends, "score": 1.0})
        return flags(found, 0)


def _words(text: str) -> list[_Word]:
    words = (_Word(*found.span(), _spelling(found[0])) for found in _WORD.finditer(text))
    return [word for word in words if word.spelling]


def _spelling(word: str) -> str:
    """Spell a word as others might: in small letters, without accents."""
    if word.isascii():
        return word.casefold()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()
