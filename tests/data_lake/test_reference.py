"""The engine's way and a slow one in plain Python agree about every line of dirty files."""

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_lake import modeling
from data_lake.contract import Column, Contract, Kind
from data_lake.lines import blocks

ARRIVAL = date(2026, 11, 29)  # of the fixture's file
KEPT = 400
CONTRACT = Contract.read(
    {
        "$id": "things.v1",
        "type": "object",
        "required": ["name", "at", "count"],
        "properties": {
            "name": {"type": "string", "pattern": "^[a-zé ]+$", "maxLength": 5},
            "at": {"type": "string", "format": "date-time"},
            "count": {"type": "integer", "minimum": -3},
            "on": {"type": "string", "format": "date"},
            "share": {"type": "number", "minimum": 0, "maximum": 1e9},
            "price": {"type": "number", "multipleOf": 0.01},
            "kind": {"type": "string", "enum": ["a", "b c"]},
            "flag": {"type": "boolean"},
        },
        "lake": {"version": 1, "key": ["name"], "partition": "at"},
    }
)
HEADER = ",".join(column.name for column in CONTRACT.columns).encode()
NOT_FINITE = {"nan", "-nan", "inf", "-inf", "infinity", "-infinity"}
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)"
SHAPES = {
    Kind.INTEGER: r"-?\d+",
    Kind.DOUBLE: r"-?\d+(\.\d+)?([eE][+-]?\d+)?",
    Kind.DECIMAL: r"-?\d+(\.\d{1,2}0*)?",
    Kind.BOOLEAN: "true|false",
    Kind.DATE: r"\d{4}-\d\d-\d\d",
    Kind.MOMENT: MOMENT,
}


class Bad(Exception):  # noqa: N818 (an answer, not an error)
    """What is wrong with a cell."""


@dataclass
class Line:
    """A line that is a record: its place, and its values or what is wrong with it."""

    number: int
    offset: int
    text: str
    values: list[Any]
    problem: tuple[str, str]


def value_of(column: Column, cell: str) -> Any:
    """Type a cell and hold it to its column."""
    if not cell:
        if column.required:
            raise Bad("missing")
        return None
    if column.kind is Kind.TEXT:
        fits = not column.pattern or re.search(column.pattern, cell)
        if not fits or len(cell) > (column.max_length or 99):
            raise Bad("not_allowed")
        if column.allowed and cell not in column.allowed:
            raise Bad("not_allowed")
        return cell
    if not re.fullmatch(SHAPES[column.kind], cell, re.ASCII):
        number = column.kind in (Kind.INTEGER, Kind.DOUBLE, Kind.DECIMAL)
        raise Bad("not_finite" if number and cell.lower() in NOT_FINITE else "wrong_type")
    if column.kind is Kind.BOOLEAN:
        return cell == "true"
    if column.kind in (Kind.DATE, Kind.MOMENT):
        try:
            if column.kind is Kind.DATE:
                return date.fromisoformat(cell)
            return datetime.fromisoformat(cell).astimezone(UTC)
        except ValueError:
            raise Bad("no_such_time") from None
    kinds = {Kind.INTEGER: int, Kind.DECIMAL: Decimal, Kind.DOUBLE: float}
    value = kinds[column.kind](cell)
    beyond = {Kind.INTEGER: not -(2**63) <= value < 2**63, Kind.DECIMAL: abs(value) >= 10**16}
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum
    if beyond.get(column.kind, math.isinf(value)) or not low <= value <= high:
        raise Bad("out_of_range")
    return value


def read(content: bytes) -> Iterator[Line]:
    """Read a file line by line, as the contract has it."""
    offset = 0
    for number, line in enumerate(content.split(b"\n"), 1):
        found = Line(number, offset, line.decode(errors="backslashreplace"), [], ("", ""))
        offset += len(line) + 1
        if number == 1:
            continue
        text = found.text.removesuffix("\r")
        try:
            line.decode()
            if "\r" in text:
                raise Bad("malformed")
            cells = next(csv.reader((text,), strict=True), []) if '"' in text else text.split(",")
        except UnicodeDecodeError:
            found.problem = ("not_text", "")
        except (csv.Error, Bad):
            found.problem = ("malformed", "")
        else:
            if not "".join(cells).strip(" ") and len(cells) < 2:
                continue  # a blank line is no record
            found.problem = judge(cells, found.values)
        yield found


def judge(cells: list[str], values: list[Any]) -> tuple[str, str]:
    """Hold cells to the contract; the first that does not fit tells what is wrong."""
    if len(cells) != len(CONTRACT.columns):
        return ("wrong_cell_count", "")
    for column, cell in zip(CONTRACT.columns, cells, strict=True):
        try:
            values.append(value_of(column, cell))
        except Bad as why:
            return (str(why), column.name)
    first, end = ARRIVAL - timedelta(days=KEPT), ARRIVAL + timedelta(days=2)
    return ("", "") if first <= values[1].date() < end else ("out_of_window", "at")


GOOD = ["ab", "2026-11-29T09:00:00Z", "7", "2026-02-28", "0.5", "1.25", "b c", "true"]
ODD = [
    *("", " ", "é", "abcdef", "A", '"', 'a"b', "a,b", "'", "\x1f", "\x00", "null", "NaN", "-inf"),
    *("007", "-0", "+1", "1_0", "0x1", "7.0", " 7", "9" * 18, "9" * 19, "-" + "9" * 40, "1e3"),
    *("1.2500", "1.255", "1e999", "-5", ".5", "5.", "true ", "TRUE", "t", "1", "٣", "infinity"),
    *("2026-02-29", "2026-2-8", "2026-11-29", "0001-01-01", "2026-11-29T24:00:00Z"),
    *("2026-11-29T09:00:00.123456+14:59", "2026-11-29 09:00:00Z", "2026-11-29T9:00:00Z"),
    *("2026-02-30T00:00:00Z", "2026-11-29T09:00:60Z", "2026-11-29T09:00:00", "epoch"),
    *("1999-01-01T00:00:00Z", "2026-11-29T09:00:00.1234567Z", "2026-11-29T09:00:00-15:00"),
]
cells = st.one_of(st.sampled_from(ODD), st.text("0123456789.-+eTZ:a \u00e9", max_size=8))
records = st.builds(
    lambda changes, quoted: (
        [changes.get(place, cell) for place, cell in enumerate(GOOD)],
        quoted,
    ),
    st.dictionaries(st.integers(0, len(GOOD) - 1), cells, max_size=2),
    st.booleans(),
)


def written(record: tuple[list[str], bool]) -> bytes:
    """Write a record, with quotes where they are due or as if there were none."""
    row, quoted = record
    if not quoted:
        return ",".join(row).encode()
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(row)
    return line.getvalue().encode()


raw = st.sampled_from([b"", b"  ", b"a,b", b"\xff", b'"', b'""', b"a\rb", b"," * 7, b"\x1f" * 7])
lines = st.lists(st.one_of(records.map(written), records.map(written), raw), max_size=30)
ends = st.sampled_from([b"\n", b"\r\n"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, ends, st.booleans())
def test_every_line_of_a_dirty_file_is_told_as_the_slow_way_tells_it(model, lines, end, closed):
    content = end.join([HEADER, *lines]) + (end if closed else b"")
    found = model("things/a.csv", content, contract=CONTRACT, kept=KEPT)
    said = list(read(content))
    assert [
        (row["line_number"], row["byte_offset"], row["reason"], row["column_name"], row["record"])
        for row in found.rejects
    ] == [
        (each.number, each.offset, each.problem[0], each.problem[1] or None, each.text)
        for each in said
        if each.problem[0]
    ]
    names = [column.name for column in CONTRACT.columns]
    good = sorted(found.good, key=lambda row: row["source_line"])
    assert [(row["source_line"], [row[name] for name in names]) for row in good] == [
        (each.number, each.values) for each in said if not each.problem[0]
    ]


@given(st.lists(records.map(written), min_size=1, max_size=20), st.integers(200, 500))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_where_blocks_are_cut_changes_nothing(model, monkeypatch, lines, size):
    content = b"\n".join([HEADER, *lines])
    whole = model("things/a.csv", content, contract=CONTRACT, kept=KEPT)
    cut = len(HEADER) + size

    def small(chunks):
        return blocks(chunks, cut)

    with monkeypatch.context() as patch:
        patch.setattr(modeling, "blocks", small)
        parts = model("things/a.csv", content, contract=CONTRACT, kept=KEPT)
    in_order = [sorted(f.good, key=lambda row: row["source_line"]) for f in (whole, parts)]
    assert in_order[0] == in_order[1]
    assert whole.rejects == parts.rejects
    assert whole.outcome.repeated == parts.outcome.repeated
