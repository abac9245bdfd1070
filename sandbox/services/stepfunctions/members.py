"""What an expression comes to that names a variable or its members, and computes nothing."""

import re
from collections.abc import Mapping
from typing import Any

_PATH = re.compile(r"\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)", re.ASCII)
# Words of JSONata's, and what JavaScript means something else by.
_WORDS = frozenset({"and", "or", "in", "true", "false", "null", "function"})
_MARKS = frozenset({"_jsonata_function", "_jsonata_lambda", "__proto__", "hasOwnProperty"})
_HALVES = re.compile("[\ud800-\udfff]")  # of a character, of which two may become one
_EXACT = 2**53  # a greater whole number is rounded


class _NotPlainError(Exception):
    """JavaScript would say this value in another way."""


def found(expression: str, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give the ``value`` that JSONata gives, or None where JSONata has to be asked.

    That is whatever JSONata maps, rounds or sorts: lists on the way, great numbers, keys of digits.
    """
    path = _PATH.fullmatch(expression)
    if path is None:
        return None
    part: Any = known
    for name in path[1].split("."):
        is_named = isinstance(part, Mapping) and name in part and _MARKS.isdisjoint(part)
        if not is_named or name in _WORDS or name in _MARKS:
            return None
        part = part[name]
    try:
        return {"value": _copied(part)}
    except _NotPlainError:
        return None


def _copied(value: Any) -> Any:
    """Copy a value as it comes back from JavaScript."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and (value.isascii() or not _HALVES.search(value)):
        return value
    if isinstance(value, int | float) and -_EXACT <= value <= _EXACT:
        return int(value) if value == int(value) else value
    if isinstance(value, list):
        return [_copied(each) for each in value]
    if isinstance(value, dict) and _MARKS.isdisjoint(value) and all(map(_keeps_place, value)):
        return {_copied(name): _copied(each) for name, each in value.items()}
    raise _NotPlainError


def _keeps_place(name: Any) -> bool:
    return isinstance(name, str) and not name.isdigit()
