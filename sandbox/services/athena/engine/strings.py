"""Trino's functions of text, bytes and numbers that are clearest in Python."""

import binascii
import hashlib
import json
import math
import re
import unicodedata
from decimal import Decimal
from urllib.parse import parse_qsl, quote_plus, unquote_to_bytes, urlsplit

from sandbox.services.athena.engine import datetimes, printf
from sandbox.services.athena.engine.errors import tagged


def split(text: str | None, by: str | None, limit: int | None) -> list[str] | None:
    """Split at a text, into so many parts at most."""
    if text is None or by is None:
        return None
    if not by:
        raise tagged("INVALID_FUNCTION_ARGUMENT", "The delimiter may not be the empty string")
    return text.split(by) if limit is None else text.split(by, limit - 1)


def split_part(text: str, by: str, index: int) -> str | None:
    """Return one part, counted from 1; NULL beyond the last."""
    if index < 1:
        raise tagged("INVALID_FUNCTION_ARGUMENT", "Index must be greater than zero")
    parts = list(text) if not by else text.split(by)
    return parts[index - 1] if index <= len(parts) else None


def split_to_map(text: str, entry: str, pair: str) -> dict[str, str]:
    """Read key-value pairs."""
    found: dict[str, str] = {}
    for part in text.split(entry) if text else []:
        key, sep, value = part.partition(pair)
        if not sep:
            message = (
                f"Key-value delimiter must appear exactly once in each entry. Bad input: '{part}'"
            )
            raise tagged("INVALID_FUNCTION_ARGUMENT", message)
        if key in found:
            raise tagged("INVALID_FUNCTION_ARGUMENT", f"Duplicate keys ({key}) are not allowed")
        found[key] = value
    return found


def array_join(values: list[str | None] | None, by: str | None, null: str | None) -> str | None:
    """Join texts; NULLs are left out, or written as given."""
    if values is None or by is None:
        return None
    texts = (null if v is None else v for v in values)
    return by.join(t for t in texts if t is not None)


def url_decode(text: str) -> str:
    """Undo url_encode; a plus is a space."""
    raw = text.replace("+", " ")
    if re.search(r"%(?![0-9A-Fa-f]{2})", raw):
        message = "URLDecoder: Illegal hex characters in escape (%) pattern"
        raise tagged("INVALID_FUNCTION_ARGUMENT", message)
    return unquote_to_bytes(raw).decode(errors="replace")


def url_encode(text: str) -> str:
    """Encode as java.net.URLEncoder does."""
    return quote_plus(text, safe="*-._").replace("~", "%7E")


def url(text: str, part: str) -> str | None:
    """Return a part of a URL."""
    try:
        parsed = urlsplit(text)
        port = parsed.port
    except ValueError:
        return None
    return {
        "host": parsed.hostname or "",
        "path": parsed.path,
        "protocol": parsed.scheme,
        "query": parsed.query,
        "fragment": parsed.fragment,
        "port": None if port is None else str(port),
    }[part]


def url_parameter(text: str, name: str) -> str | None:
    """Return the first value of a query parameter."""
    for key, value in parse_qsl(urlsplit(text).query, keep_blank_values=True):
        if key == name:
            return value
    return None


def ltrim(text: str) -> str:
    """Strip white space on the left."""
    return text.lstrip(_SPACE)


def rtrim(text: str) -> str:
    """Strip white space on the right."""
    return text.rstrip(_SPACE)


def trim(text: str) -> str:
    """Strip white space."""
    return text.strip(_SPACE)


_SPACE = "".join(
    c for c in map(chr, range(0x3001)) if c.isspace() and c not in "\x85\xa0\u2007\u202f"
)


def reverse(text: str) -> str:
    """Turn a text around."""
    return text[::-1]


def strpos(text: str, part: str, instance: int) -> int:
    """Return where the nth occurrence starts; 0 without one."""
    start = -1
    for _ in range(instance):
        start = text.find(part, start + 1)
        if start < 0:
            return 0
    return start + 1


def levenshtein(left: str, right: str) -> int:
    """Return the edit distance."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def normalize(text: str) -> str:
    """Return the Unicode normal form C."""
    return unicodedata.normalize("NFC", text)


def luhn(text: str) -> bool:
    """Check a Luhn digit."""
    if not re.fullmatch(r"[0-9]*", text):
        raise tagged(
            "INVALID_FUNCTION_ARGUMENT", "'num_string' contains a character that is not a digit"
        )
    digits = [int(c) for c in reversed(text)]
    odd = sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
    return (sum(digits[::2]) + odd) % 10 == 0


def from_utf8(data: bytes) -> str:
    """Decode, with replacement characters for what is no UTF-8."""
    return data.decode(errors="replace")


def sha512(data: bytes) -> bytes:
    """Return the SHA-512 hash."""
    return hashlib.sha512(data).digest()


def crc32(data: bytes) -> int:
    """Return the CRC-32 checksum."""
    return binascii.crc32(data)


def bit_count(value: int, bits: int) -> int:
    """Count the one bits of a value seen as so many bits."""
    return bin(value & ((1 << bits) - 1)).count("1")


def from_base(text: str, radix: int) -> int:
    """Read a number in a base."""
    try:
        return int(text, radix)
    except ValueError as error:
        message = f"Not a valid base-{radix} number: {text}"
        raise tagged("INVALID_FUNCTION_ARGUMENT", message) from error


def to_base(value: int, radix: int) -> str:
    """Write a number in a base."""
    digits, rest = "", abs(value)
    while rest or not digits:
        rest, digit = divmod(rest, radix)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return "-" + digits if value < 0 else digits


def cbrt(value: float) -> float:
    """Return the cube root, exact where the root is, as in Java."""
    root = math.cbrt(value)
    nearest = round(root) if math.isfinite(root) else root
    return float(nearest) if nearest**3 == value else root


def unit(name: str) -> str:
    """Check the name of a unit of time."""
    if name.lower() not in datetimes.UNITS:
        message = f"'{name}' is not a valid Timestamp field"
        raise tagged("INVALID_FUNCTION_ARGUMENT", message)
    return name.lower()


def formatted(pattern: str, values: str) -> str:
    """Run format() on arguments that come as a JSON array."""
    return printf.java_format(pattern, json.loads(values, parse_float=Decimal))
