"""Write values as CSV cells: text that nothing executes and that everything can read back."""

import math
import unicodedata
from datetime import UTC, datetime
from urllib.parse import unquote_plus

# `%` and `+` mean something to a URL decoder, `"` and `\` to Athena's OpenCSVSerde.
_ALWAYS_ENCODED = frozenset('%+"\\')
# Control characters and line separators break rows; some readers split on all of them.
_ENCODED_CATEGORIES = frozenset({"Cc", "Zl", "Zp"})
# A spreadsheet takes a cell that starts with one of these (or its full-width twin) for a formula.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = frozenset("=-@\uff1d\uff0b\uff0d\uff20")


def encode(text: str) -> str:
    """Percent-encode the few characters that are not safe in a cell; all others stay readable.

    ``decode``, Python's ``unquote_plus`` and Trino's ``url_decode`` give the text back.
    """
    return "".join(
        _percent(character) if _is_unsafe(character, first=not place) else character
        for place, character in enumerate(text)
    )


def decode(cell: str) -> str:
    """Give back the text that ``encode`` was given."""
    return unquote_plus(cell)


def _is_unsafe(character: str, *, first: bool) -> bool:
    if character in _ALWAYS_ENCODED or unicodedata.category(character) in _ENCODED_CATEGORIES:
        return True
    return first and (character in _FORMULA_STARTS or character.isspace())


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def moment(at: datetime) -> str:
    """Write a time as ``YYYY-MM-DD HH:MM:SS.mmm`` in UTC, as Athena casts to timestamp(3)."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")


def number(value: object) -> str:
    """Write a finite number exactly; anything else is a missing value, an empty cell."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    return str(value)


def truth(value: object) -> str:
    """Write a boolean as ``true`` or ``false``; anything else is an empty cell."""
    return str(value).lower() if isinstance(value, bool) else ""


def word(value: object) -> str:
    """Write a word that AWS chose, such as ``HAPPY``; anything but text is an empty cell."""
    return encode(value) if isinstance(value, str) else ""
