"""Python functions given to DuckDB under their t_ names."""

import datetime as dt
import functools
import inspect
from collections.abc import Callable
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from sandbox.services.athena.engine import datetimes, json_paths, patterns, printf, strings

_NAMES: dict[Any, str] = {
    str: "VARCHAR", int: "BIGINT", bool: "BOOLEAN", float: "DOUBLE", bytes: "BLOB",
    dt.datetime: "TIMESTAMP", dt.date: "DATE",
}  # fmt: skip
_TYPED: tuple[Callable[..., Any], ...] = (
    patterns.regexp_like, patterns.regexp_extract, patterns.regexp_replace, patterns.regexp_count,
    patterns.regexp_position, strings.split_part, strings.url_decode, strings.url_encode,
    strings.url, strings.url_parameter, strings.ltrim, strings.rtrim, strings.trim,
    strings.reverse, strings.strpos, strings.levenshtein, strings.normalize, strings.luhn,
    strings.from_utf8, strings.sha512, strings.crc32, strings.bit_count, strings.from_base,
    strings.to_base, strings.cbrt, strings.unit, printf.double_text, datetimes.date_format,
    datetimes.date_parse, datetimes.from_iso8601_date, datetimes.iso_instant, datetimes.text_date,
    datetimes.text_timestamp, json_paths.json_scalar, json_paths.json_extract,
    json_paths.json_length, json_paths.json_size, json_paths.json_is_scalar, json_paths.json_text,
)  # fmt: skip


def _plain(kind: Any) -> str:
    options = [k for k in getattr(kind, "__args__", (kind,)) if k is not type(None)]
    return _NAMES[options[0]]


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
    text, many, whole, instant = "VARCHAR", "VARCHAR[]", "BIGINT", "TIMESTAMPTZ"
    for name, function, takes, gives in (
        ("regexp_extract_all", _quiet(patterns.regexp_extract_all), [text, text, whole], many),
        ("regexp_split", _quiet(patterns.regexp_split), [text, text], many),
        ("real_text", _quiet(printf.real_text), ["FLOAT"], text),
        ("split", strings.split, [text, text, whole], many),
        ("split_to_map", _quiet(strings.split_to_map), [text] * 3, "MAP(VARCHAR, VARCHAR)"),
        ("array_join_texts", strings.array_join, [many, text, text], text),
        ("from_iso8601_timestamp", _quiet(datetimes.from_iso8601_timestamp), [text], instant),
        ("text_instant", _quiet(datetimes.text_instant), [text], instant),
        ("format", _quiet(strings.formatted), [text, text], text),
        ("json_parse", _quiet(json_paths.canonical), [text], "JSON"),
        ("try_text_date", _trying(datetimes.text_date), [text], "DATE"),
        ("try_text_timestamp", _trying(datetimes.text_timestamp), [text], "TIMESTAMP"),
        ("try_text_instant", _trying(datetimes.text_instant), [text], instant),
        ("try_json_text", _trying(json_paths.json_text), [text], text),
    ):
        _add(con, name, function, takes, gives)


def _add(
    con: duckdb.DuckDBPyConnection, name: str, call: Callable[..., Any], takes: Any, gives: str
) -> None:
    special = FunctionNullHandling.SPECIAL
    con.create_function(f"t_{name}", call, takes, gives, null_handling=special)
