"""Kinds of bad input to a model of visits: what is sent, and how it has to be refused."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_training.media_types import CSV, JSON, JSON_LINES

ROW: Mapping[str, Any] = {
    "hour": 7,
    "temperature": 21.5,
    "is_weekend": False,
    "store": "bern",
    "age_band": "18-39",
    "receipts": 3,
}
HEADED = f"{CSV}; header=present"
LINE = "7,21.5,false,bern,18-39,3\n"
HEADER = ",".join(ROW) + "\n"
PERSONAL = "Anna Muster"  # in many of them, and in no answer
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BadRequest:
    """A body and its content type, the status of the answer, and a part of the reason."""

    body: bytes
    status: int
    told: str
    content_type: str = JSON
    accept: str = "*/*"


def _row(**changed: Any) -> bytes:
    return json.dumps({**ROW, **changed}).encode()


def _without(name: str) -> bytes:
    return json.dumps({key: value for key, value in ROW.items() if key != name}).encode()


def _raw(name: str, value: str) -> bytes:
    """Write a row with a value that Python would not write."""
    return _row(**{name: "@"}).replace(b'"@"', value.encode())


def _npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([{"a": PERSONAL}], dtype=object), allow_pickle=True)
    return file.getvalue()


_DEEP = 100_000
_COUNT = "column hour: a count has to be a whole number from 0 on"
_NUMBER = "column temperature: a number has to be finite"
_FLAG = "column is_weekend: a flag has to be true or false"
_CATEGORY = "column store: a category has to be one that the model was trained with"
_NO_JSON = "it is no JSON"
_CONSTANT = "NaN and Infinity are no numbers of JSON"
_TYPE = "the content type is none of"

BAD_REQUESTS: Mapping[str, BadRequest] = {
    # No body, or none that can be read.
    "an empty body": BadRequest(b"", 400, "the body is empty"),
    "a body of blanks": BadRequest(b" \r\n\t", 400, "the body is empty"),
    "a mark of UTF-8 alone": BadRequest(b"\xef\xbb\xbf", 400, "the body is empty"),
    "a huge body": BadRequest(b" " * (6 * MIB + 1), 413, "6291456 bytes at most"),
    "bad rows without end, as an array": BadRequest(
        b"[" + b"{}," * 100_000 + b"{}]", 400, "(100000 more are refused)"
    ),
    "bad rows without end, as JSON Lines": BadRequest(
        b"{\n" * 100_001, 400, "row 1: it is no JSON (100000 more", JSON_LINES
    ),
    "bad rows without end, as CSV": BadRequest(b"1\n" * 100_001, 400, "(100000 more are", CSV),
    "broken UTF-8": BadRequest(_row().replace(b"bern", b"b\xffrn"), 400, "not UTF-8"),
    "UTF-8 cut in a character": BadRequest('{"store": "zü'.encode()[:-1], 400, "not UTF-8"),
    "an encoded surrogate": BadRequest(b'{"store": "\xed\xa0\x80"}', 400, "not UTF-8"),
    "UTF-16": BadRequest(_row().decode().encode("utf-16"), 400, "not UTF-8"),
    "Latin-1": BadRequest('{"store": "zürich-hb"}'.encode("latin-1"), 400, "not UTF-8"),
    # JSON that is none.
    "torn JSON": BadRequest(_row()[:-1], 400, _NO_JSON),
    "two values": BadRequest(_row() + _row(), 400, _NO_JSON),
    "a comma too many": BadRequest(_row()[:-1] + b",}", 400, _NO_JSON),
    "single quotes": BadRequest(_row().replace(b'"', b"'"), 400, _NO_JSON),
    "a zero byte in a text": BadRequest(_row(store="@").replace(b"@", b"\0"), 400, _NO_JSON),
    "NaN": BadRequest(_raw("temperature", "NaN"), 400, _CONSTANT),
    "Infinity": BadRequest(_raw("temperature", "Infinity"), 400, _CONSTANT),
    "minus infinity": BadRequest(_raw("temperature", "-Infinity"), 400, _CONSTANT),
    "deep arrays": BadRequest(b"[" * _DEEP, 400, "nested too deep"),
    "deep objects": BadRequest(b'{"a":' * _DEEP, 400, "nested too deep"),
    "a name twice": BadRequest(_row()[:-1] + b', "hour": 8}', 400, "a column more than once"),
    "digits without end": BadRequest(_raw("hour", "9" * 5000), 400, _NO_JSON),
    # JSON that is no row.
    "a text": BadRequest(json.dumps(PERSONAL).encode(), 400, "a row has to be an object"),
    "null": BadRequest(b"null", 400, "a row has to be an object"),
    "no rows": BadRequest(b"[]", 400, "the array has no row"),
    "values without names": BadRequest(json.dumps([*ROW.values()]).encode(), 400, "an object"),
    "rows in an envelope": BadRequest(b'{"instances": [%s]}' % _row(), 400, "it has no hour"),
    "a row beside good ones": BadRequest(
        b"[%s,%s,%s]" % (_row(), _row(hour=-1), _row()), 400, f"row 2: {_COUNT}"
    ),
    # Columns.
    "a missing column": BadRequest(_without("temperature"), 400, "it has no temperature"),
    "an extra column": BadRequest(_row(**{PERSONAL: 1}), 400, "1 of its columns the model"),
    "a column in capitals": BadRequest(_row().replace(b"hour", b"Hour"), 400, "it has no hour"),
    "an empty object": BadRequest(b"{}", 400, "it has no hour, temperature, is_weekend"),
    # Values.
    "a text for a count": BadRequest(_row(hour=PERSONAL), 400, _COUNT),
    "a count in quotes": BadRequest(_row(hour="7"), 400, _COUNT),
    "a flag for a count": BadRequest(_row(hour=True), 400, _COUNT),
    "a count below nothing": BadRequest(_row(hour=-1), 400, _COUNT),
    "a count of halves": BadRequest(_row(hour=7.5), 400, _COUNT),
    "null for what has to be there": BadRequest(_row(hour=None), 400, "column hour: it is missing"),
    "a text for a number": BadRequest(_row(temperature=PERSONAL), 400, _NUMBER),
    "an empty text for a number": BadRequest(_row(temperature=""), 400, _NUMBER),
    "a number that overflows to infinity": BadRequest(_raw("temperature", "1e400"), 400, _NUMBER),
    "a number beyond 32 bits": BadRequest(_row(temperature=1e39), 400, _NUMBER),
    "a whole number beyond 64 bits": BadRequest(_row(temperature=10**400), 400, _NUMBER),
    "an array for a number": BadRequest(_row(temperature=[21.5]), 400, _NUMBER),
    "a number for a flag": BadRequest(_row(is_weekend=1), 400, _FLAG),
    "a text for a flag": BadRequest(_row(is_weekend="false"), 400, _FLAG),
    "an unknown category": BadRequest(_row(store=PERSONAL), 400, _CATEGORY),
    "a category in capitals": BadRequest(_row(store="Bern"), 400, _CATEGORY),
    "an empty category": BadRequest(_row(store=""), 400, _CATEGORY),
    "a number for a category": BadRequest(_row(store=1), 400, _CATEGORY),
    "an object for a category": BadRequest(_row(age_band={"a": 1}), 400, "age_band: a category"),
    # JSON Lines.
    "a line that is no JSON": BadRequest(
        _row() + b"\nhour\n", 400, f"row 2: {_NO_JSON}", JSON_LINES
    ),
    "an empty line": BadRequest(
        _row() + b"\n\n" + _row() + b"\n", 400, f"row 2: {_NO_JSON}", JSON_LINES
    ),
    "an array in a line": BadRequest(b"[%s]\n" % _row(), 400, "a row has to be", JSON_LINES),
    "a deep line": BadRequest(b"[" * _DEEP + b"\n", 400, "nested too deep", JSON_LINES),
    # CSV.
    "too few cells": BadRequest(b"7,21.5\n", 400, "it has 2 cells, and there are 6 columns", CSV),
    "too many cells": BadRequest(f"{LINE.strip()},1\n".encode(), 400, "it has 7 cells", CSV),
    "a header that is not told": BadRequest(
        (HEADER + LINE).encode(), 400, "a header is told by header=present", CSV
    ),
    "a header that is not there": BadRequest(LINE.encode(), 400, "the header does not fit", HEADED),
    "a header alone": BadRequest(HEADER.encode(), 400, "there is a header, and no row", HEADED),
    "a header with a name twice": BadRequest(
        (HEADER.replace("receipts", "hour") + LINE).encode(), 400, "more than once", HEADED
    ),
    "a header with another name": BadRequest(
        (HEADER.replace("receipts", PERSONAL) + LINE).encode(), 400, "it has no receipts", HEADED
    ),
    "an empty cell for what has to be there": BadRequest(
        LINE.replace("7,", ",", 1).encode(), 400, "column hour: it is missing", CSV
    ),
    "a count below nothing in a cell": BadRequest(b"-" + LINE.encode(), 400, _COUNT, CSV),
    "halves in a cell": BadRequest(LINE.replace("7,", "7.5,").encode(), 400, _COUNT, CSV),
    "nan in a cell": BadRequest(LINE.replace("21.5", "nan").encode(), 400, _NUMBER, CSV),
    "inf in a cell": BadRequest(LINE.replace("21.5", "-inf").encode(), 400, _NUMBER, CSV),
    "a blank before a number": BadRequest(LINE.replace("7,", " 7,").encode(), 400, _COUNT, CSV),
    "an underscore in a number": BadRequest(LINE.replace("7,", "1_0,").encode(), 400, _COUNT, CSV),
    "digits of no ASCII": BadRequest(LINE.replace("7,", "\u0667,").encode(), 400, _COUNT, CSV),
    "an overflow in a cell": BadRequest(
        LINE.replace("21.5", "1e999").encode(), 400, _NUMBER, CSV
    ),
    "a category of CSV that is unknown": BadRequest(
        LINE.replace("bern", PERSONAL).encode(), 400, _CATEGORY, CSV
    ),
    "yes for a flag": BadRequest(LINE.replace("false", "yes").encode(), 400, _FLAG, CSV),
    "semicolons": BadRequest(LINE.replace(",", ";").encode(), 400, "it has 1 cells", CSV),
    "a quote that is not closed": BadRequest(b'7,"21.5\n', 400, "the body is no CSV", CSV),
    "a zero byte": BadRequest(b"7,\0,false,bern,18-39,3\n", 400, "", CSV),
    "a line without cells": BadRequest(f"{LINE}\n{LINE}".encode(), 400, "row 2: it has 0", CSV),
    # Content types and what is wanted back.
    "no content type": BadRequest(_row(), 415, "the content type cannot be read", ""),
    "a content type that is none": BadRequest(_row(), 415, "cannot be read", "json"),
    "a type that nobody reads": BadRequest(b"<a/>", 415, _TYPE, "text/xml"),
    "a form": BadRequest(b"hour=7", 415, _TYPE, "application/x-www-form-urlencoded"),
    "a pickle in an array of numpy": BadRequest(_npy(), 415, _TYPE, "application/x-npy"),
    "a pickle": BadRequest(b"\x80\x04N.", 415, _TYPE, "application/x-pickle"),
    "another charset": BadRequest(_row(), 415, "has to be utf-8", f"{JSON}; charset=latin-1"),
    "a header that is neither": BadRequest(b"7", 415, "present or absent", f"{CSV}; header=yes"),
    "a parameter twice": BadRequest(b"7", 415, "cannot be", f"{CSV};header=present;header=absent"),
    "an endless content type": BadRequest(b"7", 415, "cannot be read", f"{CSV};a={'b' * 2000}"),
    "an answer that nobody writes": BadRequest(_row(), 406, "answers are", accept="image/png"),
    "an answer that is not wanted": BadRequest(_row(), 406, "answers are", accept="*/*;q=0"),
    "an Accept that is none": BadRequest(_row(), 406, "answers are", accept="json"),
}  # fmt: skip
