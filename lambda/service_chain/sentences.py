"""Where a text may be cut: after a sentence, else a line, else a word, else a character."""

import re
from collections.abc import Iterator

from service_chain.graphemes import is_boundary, last_boundary

# Ends of sentences that need no space after them: Chinese and Japanese, Arabic and Urdu, Hindi,
# Armenian, Ethiopic, Khmer, Burmese, Tibetan.
FULL_STOPS = frozenset(
    "\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362\u1367\u17d4\u17d6\u104a\u104b\u0f0d"
)
_STOPS = ".!?\u2026" + "".join(sorted(FULL_STOPS))
# Quotation marks and brackets, straight, curly and full-width: they close with the sentence.
CLOSERS = "\"')]}\u201d\u2019\u00bb\u300d\u300f\uff09\u3011\u3009\u300b\u3015\uff3d\uff5d"
# Possessive, and only from a run's first character: a run of any length is looked at once.
_END = re.compile(rf"(?<![{_STOPS}])[{_STOPS}]++[{re.escape(CLOSERS)}]*+")
_PARAGRAPH = re.compile("\n[ \t\r]*+\n|[\u2029\f]")
_LINE = re.compile("\r\n|[\n\r\x0b\f\x85\u2028\u2029]")
# Commas, colons and semicolons after which Chinese, Japanese or Arabic write no space.
_CLAUSE = re.compile("[\u3001\uff0c\uff1b\uff1a\u060c\u061b]")
_OPENERS = "([{\"'\u201c\u2018\u00ab\u00bf\u00a1"
LOOKED_AT_ONCE = 200  # characters, in which a sentence is likely to end
# What is likely to stand before a full stop that ends no sentence.
_TOKEN = re.compile(r"\S*\Z")
_LONGEST_TOKEN = 12
_TITLES = {"mr", "mrs", "ms", "dr", "prof", "sr", "sra", "jr", "st", "rev", "hon", "gen", "col"}
_LATIN = {"vs", "e.g", "i.e", "cf", "ca", "approx", "no", "nos", "nr", "vol", "fig", "art", "pp"}
_FIRMS = {"inc", "ltd", "co", "corp", "dept", "est", "a.m", "p.m"}
_GERMAN = {"bzw", "evtl", "usw", "z.b", "d.h", "u.a", "s.o", "str", "tel", "hr", "fr", "vgl", "mio"}
_ROMANCE = {
    "mm",
    "mme",
    "mlle",
    "ud",
    "uds",
    "do\u00f1a",
    "p\u00e1g",
    "n\u00fam",
    "av",
    "sig",
    "dott",
}
_ABBREVIATIONS = _TITLES | _LATIN | _FIRMS | _GERMAN | _ROMANCE


def last_break(text: str, start: int, end: int) -> int:
    """Find the best place to cut in ``start < place <= end``; text goes on after ``end``.

    ``start`` is not blank. The last sure end of a sentence or paragraph wins, wherever it is;
    then the last likely one, the last end of a line, of a word or clause, of a character. All
    that is looked at is the text between, and once.
    """
    window = text[start : end + 1]
    room = end - start
    sure, likely = _sentence_ends(text, start, window, room)
    place = (
        sure
        or likely
        or _before_last(_LINE, window, room)
        or max(_last_word(window), _last_clause(window, room))
    )
    if place and is_boundary(text, start + place, start):
        return start + place
    return last_boundary(text, start, end)


def _sentence_ends(text: str, start: int, window: str, room: int) -> tuple[int, int]:
    """Find the last sure and the last likely end; 0 where there is none."""
    sure, likely = _before_last(_PARAGRAPH, window, room), 0
    for found in ends_from_the_last(window):
        place = found.end()
        if place <= sure:
            break
        after = text[start + place : start + place + 9]
        if place > room or not is_boundary(text, start + place, start):
            continue
        if FULL_STOPS.isdisjoint(found[0]) and not after[:1].isspace():
            continue
        if not _may_be_inside(window, found, after):
            return place, likely
        likely = likely or place
    return sure, likely


def ends_from_the_last(window: str) -> Iterator[re.Match[str]]:
    """Find the ends of sentences backwards: most often the last of them is wanted only."""
    for stop in range(len(window), 0, -LOOKED_AT_ONCE):
        start = max(0, stop - LOOKED_AT_ONCE)
        for found in reversed(list(_END.finditer(window, start, stop))):
            yield _END.match(window, found.start()) or found  # which may go on behind the stop


def _may_be_inside(window: str, found: re.Match[str], after: str) -> bool:
    """Doubt a full stop after an abbreviation, an initial or a small number, or before a letter.

    What doubts every one of them costs little: another place to cut is near.
    """
    if found[0] != ".":
        return False
    if after.lstrip()[:1].islower():
        return True
    before = window[max(0, found.start() - _LONGEST_TOKEN) : found.start()]
    token = _TOKEN.search(before)
    word = token[0].lstrip(_OPENERS).casefold() if token else ""
    return len(word) == 1 or word in _ABBREVIATIONS or (len(word) < 3 and word.isdecimal())


def _before_last(mark: re.Pattern[str], window: str, room: int) -> int:
    """Find the end of what is not blank before the last mark; 0 where there is no mark."""
    place = 0
    for found in mark.finditer(window, 0, room + 1):
        place = found.start()
    return len(window[:place].rstrip())


def _last_word(window: str) -> int:
    """Find the end of the last word that has a space after it, in the window or right behind."""
    if window[-1:].isspace():
        return len(window.rstrip())
    words = window.rsplit(None, 1)
    return len(words[0]) if len(words) == 2 else 0


def _last_clause(window: str, room: int) -> int:
    place = 0
    for found in _CLAUSE.finditer(window, 0, room):
        place = found.end()
    return place
