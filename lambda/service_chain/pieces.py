"""Cut a text into pieces that fit an API: no piece blank, and nothing but blanks between them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from service_chain.graphemes import is_boundary
from service_chain.sentences import last_break

# A blank, a letter and its mark need this much room; no API's limit is near it.
MIN_BYTES = 16

_BLANKS = re.compile(r"\s*")


class Piece(NamedTuple):
    """A piece of a text, from the character ``begin`` up to ``end``."""

    begin: int
    end: int


def pieces(text: str, max_bytes: int, max_characters: int | None = None) -> Iterator[Piece]:
    """Cut a text into as few pieces as good places to cut allow, in order.

    Every piece has at most ``max_bytes`` bytes of UTF-8 and ``max_characters`` code points. What
    is not in a piece is blank. Takes time in proportion to the text, whatever is in it.
    Raises ValueError for a limit that no text could be cut by.
    """
    if max_bytes < MIN_BYTES or (max_characters is not None and max_characters < MIN_BYTES):
        problem = f"pieces of {max_bytes} bytes; want at least {MIN_BYTES} bytes and characters"
        raise ValueError(problem)
    last = len(text.rstrip())
    widest = min(max_bytes, max_characters or max_bytes)
    begin = _skip_blanks(text, 0)
    while begin < last:
        end = begin + _room(text[begin : min(begin + widest, last)], max_bytes)
        if end < last:
            end = last_break(text, begin, end)
        yield Piece(begin, end)
        begin = _skip_blanks(text, end)


def _skip_blanks(text: str, place: int) -> int:
    """Go on to the next piece; a blank that carries a mark is a character of it."""
    found = _BLANKS.match(text, place)
    begin = found.end() if found else place
    if begin > place and not is_boundary(text, begin, begin - 1):
        return begin - 1
    return begin


def _room(window: str, max_bytes: int) -> int:
    """Count the characters that fit into bytes."""
    encoded = window.encode()
    if len(encoded) <= max_bytes:
        return len(window)
    return len(encoded[:max_bytes].decode(errors="ignore"))
