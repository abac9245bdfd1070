"""What names one person, and whether a text does. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Self

from data_lake.contract import ENCODINGS

_WORD = re.compile(rb"[\w\x80-\xff-]+")
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")
BOUND_CHARACTERS = 16  # of a text, what Iceberg keeps as the bound of a file
PIECE_BYTES = 16 * 1024 * 1024
FEW_WORDS = 32


class Names:
    """An identifier of a person, and the keys of the records that have it.

    A name is found as whole words in any encoding that a contract may have, and where JSON spells
    its letters as escapes. ``p-1`` is not found in ``p-12``.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.texts = frozenset(names)
        self._by_word: dict[bytes, set[bytes]] = {}
        self._longest = 0
        for name in self.texts:
            for spelled in _spelled(name):
                words = _WORD.findall(spelled)
                if not words:
                    raise ValueError(f"{name!r} has no letter and no digit to look for")
                self._by_word.setdefault(max(words, key=len), set()).add(spelled)
                self._longest = max(self._longest, len(spelled))
        self._bounds = {
            spelled[:BOUND_CHARACTERS] for found in self._by_word.values() for spelled in found
        }

    @classmethod
    def of_lines(cls, content: bytes) -> Self:
        """Read names as they are kept: a line each."""
        return cls(content.decode().split("\n")[:-1])

    @property
    def lines(self) -> bytes:
        """Write them down, a line each."""
        return "".join(f"{name}\n" for name in sorted(self.texts)).encode()

    def are_in(self, text: bytes) -> bool:
        """Tell whether a piece of text names the person."""
        if b"\\u" in text:
            text += b"\n" + _ESCAPED.sub(_unescaped, text)
        if len(self._by_word) <= FEW_WORDS:  # each is sooner looked for than all words are cut out
            words = {word for word in self._by_word if word in text}
        else:
            words = self._by_word.keys() & set(_WORD.findall(text))
        return any(_whole(name).search(text) for word in words for name in self._by_word[word])

    def are_in_any(self, chunks: Iterable[bytes]) -> bool:
        """Tell whether a stream of text names the person, wherever it is cut into chunks."""
        return any(self.are_in(piece) for piece in _pieces(chunks, self._longest))

    def bound(self, content: bytes) -> bool:
        """Tell whether a manifest of Iceberg has a name, or its beginning, as a file's bound."""
        return any(bound in content for bound in self._bounds)


def _spelled(name: str) -> Iterator[bytes]:
    for encoding in ENCODINGS:
        try:
            yield name.encode(encoding)
        except UnicodeEncodeError:
            continue


def _unescaped(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode("utf-8", "replace")


def _whole(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![\w\x80-\xff-])" + re.escape(name) + rb"(?![\w\x80-\xff-])")


def _pieces(chunks: Iterable[bytes], longest: int) -> Iterator[bytes]:
    """Join chunks into pieces that end with a line, or overlap where a line is longer than that."""
    held = b""
    for chunk in chunks:
        held += chunk
        end = held.rfind(b"\n") + 1
        if end:
            yield held[:end]
            held = held[end:]
        elif len(held) > PIECE_BYTES:
            yield held
            held = held[-longest - 1 :]
    yield held
