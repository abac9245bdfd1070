"""The word lists, read when they are first asked for."""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "lists"


@cache
def lines(name: str) -> tuple[str, ...]:
    """Read one list: a line per entry, without blank lines and those that start with #."""
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    entries = (line.strip() for line in text.splitlines())
    return tuple(line for line in entries if line and not line.startswith("#"))


@cache
def words(name: str) -> frozenset[str]:
    """Read a list of several words a line."""
    return frozenset(word for line in lines(name) for word in line.split())


@cache
def names(*lists: str) -> re.Pattern[str]:
    """Match any name of some lists as whole words.

    A name counts in lower case too, for a transcript has no capitals; one marked with ``~`` is
    an ordinary word as well, and counts only as it is spelled.
    """
    entries = [entry for name in lists for entry in lines(name)]
    exact = _either([entry[1:].strip() for entry in entries if entry.startswith("~")])
    free = _either([entry for entry in entries if not entry.startswith("~")])
    return re.compile(rf"(?<!\w)(?:{exact}|(?i:{free}))(?!\w)")


def _either(entries: list[str]) -> str:
    ordered = sorted(entries, key=len, reverse=True)
    return "|".join(re.escape(entry) for entry in ordered) or "(?!)"
