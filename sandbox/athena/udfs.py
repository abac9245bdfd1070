"""Python functions given to DuckDB under their t_ names."""

import datetime as dt
import functools
import inspect
from collections.abc import Callable
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from sandbox.athena import json_paths, moments, patterns, printf, texts

_NAMES: dict[Any, str] = {
    str: "VARCHAR", int: "BIGINT", bool: "BOOLEAN", float: "DOUBLE", bytes: "BLOB",
    dt.datetime: "TIMESTAMP", dt.date: "DATE",
}  # fmt: skip
_TYPED: tuple[Callable[..., Any], ...] = (
    patterns.regexp_like, patterns.regexp_extract, patterns.regexp_replace, patterns.regexp_count,
    patterns.regexp_position, texts.split_part, texts.url_decode, texts.url_encode, texts.url,
    texts.url_parameter, texts.ltrim, texts.rtrim, texts.trim, texts.reverse, texts.strpos,
    texts.levenshtein, texts.normalize, texts.luhn, texts.from_utf8, texts.sha512, texts.crc32,
    texts.bit_count, texts.from_base, texts.to_base, texts.cbrt, texts.unit,
    printf.double_text, moments.date_format, moments.date_parse, moments.from_iso8601_date,
    moments.iso_instant, moments.text_date, moments.text_timestamp, json_paths.json_scalar,
    json_paths.json_extract, json_paths.json_length, json_paths.json_size,
    json_paths.json_is_scalar, json_paths.json_text,
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
        ("split", texts.split, [text, text, whole], many),
        ("split_to_map", _quiet(texts.split_to_map), [text] * 3, "MAP(VARCHAR, VARCHAR)"),
        ("array_join_texts", texts.array_join, [many, text, text], text),
        ("from_iso8601_timestamp", _quiet(moments.from_iso8601_timestamp), [text], instant),
        ("text_instant", _quiet(moments.text_instant), [text], instant),
        ("format", _quiet(texts.formatted), [text, text], text),
        ("json_parse", _quiet(json_paths.canonical), [text], "JSON"),
        ("try_text_date", _trying(moments.text_date), [text], "DATE"),
        ("try_text_timestamp", _trying(moments.text_timestamp), [text], "TIMESTAMP"),
        ("try_text_instant", _trying(moments.text_instant), [text], instant),
        ("try_json_text", _trying(json_paths.json_text), [text], text),
    ):
        _add(con, name, function, takes, gives)


def _add(
    con: duckdb.DuckDBPyConnection, name: str, call: Callable[..., Any], takes: Any, gives: str
) -> None:
    special = FunctionNullHandling.SPECIAL
    con.create_function(f"t_{name}", call, takes, gives, null_handling=special)
