"""Trino's functions that are clearest in Python, given to DuckDB under their t_ names."""

import binascii
import datetime as dt
import functools
import hashlib
import inspect
import json
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote_to_bytes, urlsplit

import duckdb

from sandbox.athena import json_paths, moments, printf


def fail(code: str, message: str) -> ValueError:
    """Make an error that survives the way through DuckDB with its Athena code."""
    return ValueError(f"ATHENA[{code}]{message}")


_JAVA_ONLY = re.compile(r"\\[pP]\{|[*+?}]\+|&&\[")


@functools.lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    if _JAVA_ONLY.search(text):
        raise fail("NOT_SUPPORTED", f"the sandbox's Athena does not carry the pattern {text} yet")
    try:
        return re.compile(re.sub(r"\(\?<(?=[A-Za-z])", "(?P<", text))
    except re.error as error:
        raise fail("INVALID_FUNCTION_ARGUMENT", f"invalid regular expression: {error}") from error


def _group(found: re.Match[str], group: int) -> str | None:
    if group > found.re.groups:
        message = f"Pattern has {found.re.groups} groups. Cannot access group {group}"
        raise fail("INVALID_FUNCTION_ARGUMENT", message)
    return found[group]


def regexp_like(text: str, pattern: str) -> bool:
    return _pattern(pattern).search(text) is not None


def regexp_extract(text: str, pattern: str, group: int) -> str | None:
    found = _pattern(pattern).search(text)
    return _group(found, group) if found else None


def regexp_extract_all(text: str, pattern: str, group: int) -> list[str | None]:
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
    return _pattern(pattern).sub(_replacement(by), text)


def regexp_split(text: str, pattern: str) -> list[str]:
    found, start = [], 0
    for match in _pattern(pattern).finditer(text):
        if match.end() > match.start():
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]


def regexp_count(text: str, pattern: str) -> int:
    return sum(1 for _ in _pattern(pattern).finditer(text))


def regexp_position(text: str, pattern: str) -> int:
    found = _pattern(pattern).search(text)
    return found.start() + 1 if found else -1


def split(text: str | None, by: str | None, limit: int | None) -> list[str] | None:
    if text is None or by is None:
        return None
    if not by:
        raise fail("INVALID_FUNCTION_ARGUMENT", "The delimiter may not be the empty string")
    return text.split(by) if limit is None else text.split(by, limit - 1)


def split_part(text: str, by: str, index: int) -> str | None:
    if index < 1:
        raise fail("INVALID_FUNCTION_ARGUMENT", "Index must be greater than zero")
    parts = list(text) if not by else text.split(by)
    return parts[index - 1] if index <= len(parts) else None


def split_to_map(text: str, entry: str, pair: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(entry) if text else []:
        key, sep, value = part.partition(pair)
        if not sep:
            message = (
                f"Key-value delimiter must appear exactly once in each entry. Bad input: '{part}'"
            )
            raise fail("INVALID_FUNCTION_ARGUMENT", message)
        if key in found:
            raise fail("INVALID_FUNCTION_ARGUMENT", f"Duplicate keys ({key}) are not allowed")
        found[key] = value
    return found


def array_join(values: list[str | None] | None, by: str | None, null: str | None) -> str | None:
    if values is None or by is None:
        return None
    texts = (null if v is None else v for v in values)
    return by.join(t for t in texts if t is not None)


def url_decode(text: str) -> str:
    raw = text.replace("+", " ")
    if re.search(r"%(?![0-9A-Fa-f]{2})", raw):
        message = "URLDecoder: Illegal hex characters in escape (%) pattern"
        raise fail("INVALID_FUNCTION_ARGUMENT", message)
    return unquote_to_bytes(raw).decode(errors="replace")


def url_encode(text: str) -> str:
    return quote_plus(text, safe="*-._").replace("~", "%7E")


def url(text: str, part: str) -> str | None:
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
    for key, value in parse_qsl(urlsplit(text).query, keep_blank_values=True):
        if key == name:
            return value
    return None


def ltrim(text: str) -> str:
    return text.lstrip(_SPACE)


def rtrim(text: str) -> str:
    return text.rstrip(_SPACE)


def trim(text: str) -> str:
    return text.strip(_SPACE)


_SPACE = "".join(
    c for c in map(chr, range(0x3001)) if c.isspace() and c not in "\x85\xa0\u2007\u202f"
)


def reverse(text: str) -> str:
    return text[::-1]


def strpos(text: str, part: str, instance: int) -> int:
    start = -1
    for _ in range(instance):
        start = text.find(part, start + 1)
        if start < 0:
            return 0
    return start + 1


def levenshtein(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def normalize(text: str, form: str) -> str:
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]  # the catalogue says NFC


def luhn(text: str) -> bool:
    if not re.fullmatch(r"[0-9]*", text):
        raise fail(
            "INVALID_FUNCTION_ARGUMENT", "'num_string' contains a character that is not a digit"
        )
    digits = [int(c) for c in reversed(text)]
    odd = sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
    return (sum(digits[::2]) + odd) % 10 == 0


def from_utf8(data: bytes) -> str:
    return data.decode(errors="replace")


def sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def crc32(data: bytes) -> int:
    return binascii.crc32(data)


def bit_count(value: int, bits: int) -> int:
    return bin(value & ((1 << bits) - 1)).count("1")


def from_base(text: str, radix: int) -> int:
    try:
        return int(text, radix)
    except ValueError as error:
        message = f"Not a valid base-{radix} number: {text}"
        raise fail("INVALID_FUNCTION_ARGUMENT", message) from error


def to_base(value: int, radix: int) -> str:
    digits, rest = "", abs(value)
    while rest or not digits:
        rest, digit = divmod(rest, radix)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return "-" + digits if value < 0 else digits


def double_text(value: float) -> str:
    return printf.double_text(value)


def real_text(value: float) -> str:
    return printf.real_text(value)


def unit(name: str) -> str:
    if name.lower() not in moments.UNITS:
        message = f"'{name}' is not a valid Timestamp field"
        raise fail("INVALID_FUNCTION_ARGUMENT", message)
    return name.lower()


def average(total: Decimal, count: int) -> Decimal:
    scale = Decimal(1).scaleb(int(total.as_tuple().exponent))
    return (total / count).quantize(scale, rounding="ROUND_HALF_UP")


_NAMES = {str: "VARCHAR", int: "BIGINT", bool: "BOOLEAN", float: "DOUBLE", bytes: "BLOB"}
_MORE = {dt.datetime: "TIMESTAMP", dt.date: "DATE"}
_TYPED = (
    regexp_like, regexp_extract, regexp_replace, regexp_count, regexp_position, split_part,
    url_decode, url_encode, url, url_parameter, ltrim, rtrim, trim, reverse, strpos, levenshtein,
    normalize, luhn, from_utf8, sha512, crc32, bit_count, from_base, to_base, double_text, unit,
    moments.date_format, moments.date_parse, moments.from_iso8601_date, moments.iso_instant,
    moments.text_date, moments.text_timestamp, json_paths.json_scalar, json_paths.json_extract,
    json_paths.json_length, json_paths.json_size, json_paths.json_is_scalar, json_paths.json_text,
)  # fmt: skip


def _plain(kind: Any) -> str:
    named = {**_NAMES, **_MORE}
    options = [k for k in getattr(kind, "__args__", (kind,)) if k is not type(None)]
    return named[options[0]]


def _quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    # DuckDB calls with NULLs too once a function may return one.
    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return call


def _trying(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(text: str | None) -> Any:
        try:
            return None if text is None else function(text)
        except ValueError:
            return None

    return call


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Register every function with a DuckDB database."""
    for function in _TYPED:
        shape = inspect.signature(function)
        takes = [_plain(p.annotation) for p in shape.parameters.values()]
        gives = _plain(shape.return_annotation)
        _add(con, function.__name__, _quiet(function), takes, gives)
    text, texts = "VARCHAR", "VARCHAR[]"
    extract_all = _quiet(regexp_extract_all)
    _add(con, "regexp_extract_all", extract_all, [text, text, "BIGINT"], texts)
    _add(con, "regexp_split", _quiet(regexp_split), [text, text], texts)
    _add(con, "real_text", _quiet(real_text), ["FLOAT"], text)
    _add(con, "split", split, [text, text, "BIGINT"], texts)
    _add(con, "split_to_map", _quiet(split_to_map), [text] * 3, "MAP(VARCHAR, VARCHAR)")
    _add(con, "array_join_texts", array_join, [texts, text, text], text)
    instant = "TIMESTAMPTZ"
    _add(con, "from_iso8601_timestamp", _quiet(moments.from_iso8601_timestamp), [text], instant)
    _add(con, "text_instant", _quiet(moments.text_instant), [text], instant)
    _add(con, "json_parse", _quiet(json_paths.canonical), [text], "JSON")
    _add(con, "format", _quiet(formatted), [text, text], text)
    for function, gives in (
        (moments.text_date, "DATE"),
        (moments.text_timestamp, "TIMESTAMP"),
        (moments.text_instant, instant),
        (json_paths.json_text, text),
    ):
        _add(con, f"try_{function.__name__}", _trying(function), [text], gives)


def _add(
    con: duckdb.DuckDBPyConnection, name: str, call: Callable[..., Any], takes: Any, gives: Any
) -> None:
    con.create_function(f"t_{name}", call, takes, gives, null_handling="special")


def formatted(pattern: str, values: str) -> str:
    return printf.java_format(pattern, json.loads(values, parse_float=Decimal))
