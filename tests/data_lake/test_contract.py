"""Contracts: what is read, what is refused by name, and what an independent validator says."""

import json
import math
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import fastjsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_lake.cells import csv_cells, json_cells
from data_lake.contract import FILES, Contract, ContractError, newest_contracts
from data_lake.header import header_of
from data_lake.line_texts import LineTexts
from data_lake.staged_lines import StagedLines
from data_lake.verdicts import judged

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "things.v1",
    "type": "object",
    "required": ["name", "at"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "at": {"type": "string", "format": "date-time"},
        "on": {"type": "string", "format": "date"},
        "count": {"type": "integer", "minimum": -3, "maximum": 9007199254740991},
        "share": {"type": "number", "minimum": 0},
        "price": {"type": "number", "multipleOf": 0.01},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "flag": {"type": "boolean"},
    },
    "lake": {"version": 1, "key": ["name"], "partition": "at"},
}
CONTRACT = Contract.read(SCHEMA)
WINDOW = {"first": date(1900, 1, 1), "end": date(9999, 1, 1)}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


def is_moment(text):
    if not MOMENT.fullmatch(text):
        return False
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    offset = found.utcoffset()
    return offset is not None and abs(offset) < timedelta(hours=15)


def is_date(text):
    try:
        return bool(date.fromisoformat(text)) and len(text) == 10
    except ValueError:
        return False


# An independent reading of the same schema; formats are ours to check, as it only looks at shapes.
VALIDATE = fastjsonschema.compile(
    {
        **SCHEMA,
        "properties": {
            name: {k: v for k, v in rules.items() if k != "multipleOf"}
            for name, rules in SCHEMA["properties"].items()
        },
    },
    formats={"date-time": is_moment, "date": is_date},
)


def is_valid(record):
    known = {name: value for name, value in record.items() if value is not None}
    try:
        VALIDATE(known)
    except fastjsonschema.JsonSchemaException:
        return False
    price = known.get("price")
    return price is None or re.fullmatch(r"-?\d+(\.\d{1,2})?", repr(price)) is not None


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    path = tmp_path_factory.mktemp("lines") / "lines.txt"
    return lambda text: StagedLines.write(LineTexts(text, text, ",", {}), path)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


words = st.sampled_from(["a", "b", "abc", "ABC", "toolong", "ä", "", "'", '"', ",", "nan", "1"])
moments = st.one_of(
    st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(
        lambda at: at.replace(tzinfo=UTC).isoformat()
    ),
    st.sampled_from(
        ["2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01", "2026-01-01T00:00:00"]
    ),
)
numbers = st.one_of(
    st.integers(-5, 5), st.integers(), st.sampled_from([0.5, 1.25, 1.255, -1.0, 3e7])
)
records = st.fixed_dictionaries(
    {},
    optional={
        "name": words,
        "at": moments,
        "on": st.one_of(st.dates().map(date.isoformat), st.just("2026-02-30")),
        "count": st.one_of(st.integers(-5, 5), st.integers(-(2**80), 2**80), st.just("7")),
        "share": numbers,
        "price": st.one_of(st.integers(-999, 999), st.sampled_from([0.5, 1.25, 1.255])),
        "kind": words,
        "flag": st.one_of(st.booleans(), st.just("true")),
        "other": st.none(),
    },
)


@settings(max_examples=60)
@given(st.lists(records, min_size=1, max_size=20))
def test_json_is_judged_as_a_validator_of_json_schema_judges_it(engine, staged, found):
    lines = "\n".join(json.dumps(record) for record in found)
    cells = json_cells(staged(lines), CONTRACT)
    query = f"SELECT n, why IS NULL FROM ({judged(CONTRACT, cells)}) ORDER BY n"
    rows = engine.execute(query, WINDOW).fetchall()
    assert [good for _, good in rows] == [is_valid(record) for record in found]


@settings(max_examples=40)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_a_number_keeps_its_value(engine, staged, found):
    text = "\n".join(f"a,2026-01-01T00:00:00Z,{value!r}" for value in found)
    header = header_of(["name", "at", "share"], CONTRACT)
    cells = csv_cells(staged(text), header)
    query = f"SELECT v_share, why FROM ({judged(CONTRACT, cells)}) ORDER BY n"
    for value, (kept, why) in zip(found, engine.execute(query, WINDOW).fetchall(), strict=True):
        if math.isfinite(value) and value >= 0:
            assert (kept, why) == (value, None)
        else:
            assert why.partition(chr(31))[0] in ("not_finite", "out_of_range")


def changed(**changes):
    return {**SCHEMA, **changes}


def with_property(name, rules):
    return changed(properties={**SCHEMA["properties"], name: rules})


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (changed(additionalProperties=False), "additionalProperties"),
        (with_property("x", {"type": "string", "format": "email"}), "x.format is 'email'"),
        (with_property("x", {"type": "array"}), "x.type is 'array'"),
        (with_property("x", {"type": "integer", "exclusiveMinimum": 0}), "exclusiveMinimum"),
        (with_property("x", {"type": "number", "multipleOf": 0.05}), "x.multipleOf"),
        (with_property("x", {"type": "string", "timezone": "UTC"}), "need each other"),
        (with_property("X y", {"type": "string"}), "snake_case"),
        (with_property("day", {"type": "string"}), "none of"),
        (changed(required=["name", "at", "gone"]), "gone"),
        (changed(required=["at"]), "key and partition"),
        (changed(lake={**SCHEMA["lake"], "partition": "name"}), "neither date-time nor date"),
        (changed(lake={**SCHEMA["lake"], "encoding": "utf-16"}), "encoding is 'utf-16'"),
        (changed(lake={**SCHEMA["lake"], "delimiter": "||"}), "one character"),
        (changed(lake={**SCHEMA["lake"], "speed": 1}), "speed"),
        (changed(**{"$id": "things.v2"}), "lake.version"),
        (changed(**{"$id": "loads.v1"}), "keeps for itself"),
    ],
)
def test_what_nobody_would_check_is_refused(schema, says):
    with pytest.raises(ContractError, match=re.escape(says)):
        Contract.read(schema)


def test_of_two_versions_the_newer_one_counts(tmp_path):
    for version in (1, 2, 10):
        schema = {
            **SCHEMA,
            "$id": f"things.v{version}",
            "lake": {**SCHEMA["lake"], "version": version},
        }
        (tmp_path / f"things.v{version}.schema.json").write_text(json.dumps(schema))
    assert newest_contracts(tmp_path)["things"].version == 10


@pytest.mark.parametrize("path", sorted(Path(str(FILES)).glob("*.json")), ids=lambda p: p.name)
def test_a_contract_is_a_json_schema_too(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    formats = {"date-time": is_moment, "local-date-time": bool, "date": is_date}
    assert callable(fastjsonschema.compile(schema, formats=formats))
    assert Contract.read(schema).dataset in path.name
