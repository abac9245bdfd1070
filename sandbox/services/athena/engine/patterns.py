"""Trino's regular expressions, by Python's engine; patterns that only Java has are refused."""

import functools
import re

from sandbox.services.athena.engine.errors import tagged

_JAVA_ONLY = re.compile(r"\\[pP]\{|[*+?}]\+|&&\[")


@functools.lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    if _JAVA_ONLY.search(text):
        raise tagged("NOT_SUPPORTED", f"the sandbox's Athena does not carry the pattern {text} yet")
    try:
        return re.compile(re.sub(r"\(\?<(?=[A-Za-z])", "(?P<", text))
    except re.error as error:
        raise tagged("INVALID_FUNCTION_ARGUMENT", f"invalid regular expression: {error}") from error


def _group(found: re.Match[str], group: int) -> str | None:
    if group > found.re.groups:
        message = f"Pattern has {found.re.groups} groups. Cannot access group {group}"
        raise tagged("INVALID_FUNCTION_ARGUMENT", message)
    return found[group]


def regexp_like(text: str, pattern: str) -> bool:
    """Tell whether a pattern occurs."""
    return _pattern(pattern).search(text) is not None


def regexp_extract(text: str, pattern: str, group: int) -> str | None:
    """Return a group of the first match; NULL without one."""
    found = _pattern(pattern).search(text)
    return _group(found, group) if found else None


def regexp_extract_all(text: str, pattern: str, group: int) -> list[str | None]:
    """Return a group of every match."""
    return [_group(found, group) for found in _pattern(pattern).finditer(text)]


@functools.lru_cache(maxsize=256)
def _replacement(text: str) -> str:
    parts = re.split(r"(\\.|\$\d+|\$\{\w+\})", text, flags=re.DOTALL)
    out = []
    for part in parts:
        if part.startswith("$"):
            out.append(rf"\g<{part.strip('${}')}>")
        else:
            plain = part[1:] if part.startswith("\\") else part
            out.append(plain.replace("\\", "\\\\"))
    return "".join(out)


def regexp_replace(text: str, pattern: str, by: str) -> str:
    """Replace every match; $1 is its first group."""
    return _pattern(pattern).sub(_replacement(by), text)


def regexp_split(text: str, pattern: str) -> list[str]:
    """Split at every match."""
    found, start = [], 0
    for match in _pattern(pattern).finditer(text):
        if match.end() > match.start():
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]


def regexp_count(text: str, pattern: str) -> int:
    """Count the matches."""
    return sum(1 for _ in _pattern(pattern).finditer(text))


def regexp_position(text: str, pattern: str) -> int:
    """Return where the first match starts; -1 without one."""
    found = _pattern(pattern).search(text)
    return found.start() + 1 if found else -1
