"""Where one character as people see it ends and the next begins, as near as Python knows."""

import re
import unicodedata
from collections.abc import Iterator

_JOINER = "\u200d"
_FIRST_MARK = "\u0300"  # before it, nothing is put together but a line's end
# All that is put together with a letter before it lies behind the letters of Latin-1.
_MAY_COMPOSE = re.compile(r".[^\0-\u02ff]+", re.DOTALL)
_HANGUL_LEADS = frozenset(map(chr, (*range(0x1100, 0x1160), *range(0xA960, 0xA97D))))
_HANGUL_VOWELS = frozenset(map(chr, (*range(0x1160, 0x11A8), *range(0xD7B0, 0xD7C7))))
_HANGUL_TAILS = frozenset(map(chr, (*range(0x11A8, 0x1200), *range(0xD7CB, 0xD7FC))))
_FIRST_SYLLABLE, _LAST_SYLLABLE, _TAILS_OF_A_SYLLABLE = 0xAC00, 0xD7A3, 28


def extends(character: str) -> bool:
    """Whether a character belongs to the one before: a mark, a joiner, a skin tone, a tag."""
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or character in {_JOINER, "\u200c"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def is_boundary(text: str, place: int, start: int = 0) -> bool:
    """Tell whether ``text`` may be cut before ``text[place]`` without cutting a character in two.

    ``start`` is a place before, known for a boundary: pairs of regional indicators, which are
    flags, are counted from there. After https://www.unicode.org/reports/tr29/, but for what the
    standard library has no data on: prepended marks and Indic conjuncts. What it takes for a
    joined emoji is wider than the report's.
    """
    if place <= start or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if before == "\r" and after == "\n":
        return False
    if before < _FIRST_MARK and after < _FIRST_MARK:
        return True
    if _breaks(before) or _breaks(after):
        return True
    if extends(after) or before == _JOINER:
        return False
    if _is_indicator(before) and _is_indicator(after):
        return _indicators_before(text, place, start) % 2 == 0
    return not _is_one_syllable(before, after)


def clusters(text: str) -> Iterator[str]:
    """Cut a text into characters as people see them."""
    begin = 0
    for place in range(1, len(text) + 1):
        if is_boundary(text, place, begin):
            yield text[begin:place]
            begin = place


def composed(text: str) -> str:
    """Put letters and their accents together, as Unicode's form NFC does.

    What is one code point stays as it is, where NFC gives signs of Chinese other shapes: names are
    spelled with them.
    """
    if unicodedata.is_normalized("NFC", text):
        return text
    return _MAY_COMPOSE.sub(lambda found: "".join(map(_composed, clusters(found[0]))), text)


def _composed(cluster: str) -> str:
    return unicodedata.normalize("NFC", cluster) if len(cluster) > 1 else cluster


def is_plain(text: str) -> bool:
    """Tell of a text whether nothing in it is put together, as of most."""
    return text.isascii() and "\r" not in text


def whole(text: str, begin: int, end: int) -> tuple[int, int]:
    """Widen a span so that it neither begins nor ends within a character as people see it."""
    if is_plain(text):
        return begin, end
    while not is_boundary(text, begin):
        begin -= 1
    while not is_boundary(text, end):
        end += 1
    return begin, end


def last_boundary(text: str, start: int, end: int) -> int:
    """Find the last boundary after ``start`` and not after ``end``; ``end`` where there is none.

    A character longer than all that room has to be cut, between two of its code points.
    """
    place = end
    while place > start and not is_boundary(text, place, start):
        place -= 1
    return place if place > start else end


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"}


def _is_indicator(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _indicators_before(text: str, place: int, start: int) -> int:
    first = place
    while first > start and _is_indicator(text[first - 1]):
        first -= 1
    return place - first


def _is_one_syllable(before: str, after: str) -> bool:
    if before in _HANGUL_LEADS:
        return after in _HANGUL_LEADS or after in _HANGUL_VOWELS or _is_syllable(after)
    if before in _HANGUL_VOWELS or (_is_syllable(before) and not _has_tail(before)):
        return after in _HANGUL_VOWELS or after in _HANGUL_TAILS
    if before in _HANGUL_TAILS or _is_syllable(before):
        return after in _HANGUL_TAILS
    return False


def _is_syllable(character: str) -> bool:
    return _FIRST_SYLLABLE <= ord(character) <= _LAST_SYLLABLE


def _has_tail(syllable: str) -> bool:
    return (ord(syllable) - _FIRST_SYLLABLE) % _TAILS_OF_A_SYLLABLE != 0
