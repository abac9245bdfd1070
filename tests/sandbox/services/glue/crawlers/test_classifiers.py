"""What a crawler takes an object for, and which columns it sees in it."""

import gzip
import json

import duckdb
import pytest

from sandbox.services.glue.crawlers.classifiers import classify
from sandbox.services.glue.crawlers.kinds import settled


def seen(body):
    found = classify(body if isinstance(body, bytes) else body.encode())
    return found.format, settled(found.columns), found.records


def parquet(tmp_path, sql):
    path = tmp_path / "a.parquet"
    duckdb.sql(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("text", "columns", "records"),
    [
        ("id,name\n1,ann\n2,bob\n", {"id": "bigint", "name": "string"}, 2),
        ("a|b\n1.5|x\n2|y\n", {"a": "double", "b": "string"}, 2),
        ("id;when\n1;2026-11-29\n", {"id": "bigint", "when": "string"}, 1),
        ('id,text\n1,"a, b"\n', {"id": "bigint", "text": "string"}, 1),
        # Texts above texts are no header, numbers above numbers neither.
        ("ann,berlin\nbob,bern\n", {"col0": "string", "col1": "string"}, 2),
        ("1,2\n3,4\n", {"col0": "bigint", "col1": "bigint"}, 2),
        ("id,n\n1,\n2,\n", {"id": "bigint", "n": "string"}, 2),
    ],
)
def test_cells_between_delimiters_are_csv(text, columns, records):
    assert seen(text) == ("csv", columns, records)


def test_a_header_is_told_to_readers():
    assert classify(b"id,name\n1,ann\n").options["skip.header.line.count"] == "1"
    assert "skip.header.line.count" not in classify(b"ann,berlin\nbob,bern\n").options


@pytest.mark.parametrize(
    ("records", "columns"),
    [
        ([{"a": 1}, {"a": 2.5, "B": None}], {"a": "double", "b": "string"}),
        ([{"a": 2**40}, {"a": True}], {"a": "string"}),
        ([{"a": [1, 2]}, {"a": []}], {"a": "array<int>"}),
        ([{"a": {"x": 1}}, {"a": {"y": "z"}}], {"a": "struct<x:int,y:string>"}),
        ([{"a": True}], {"a": "boolean"}),
    ],
)
def test_objects_of_json_are_rows_by_the_line_or_in_one_list(records, columns):
    lines = "\n".join(map(json.dumps, records))
    assert seen(lines) == seen(json.dumps(records)) == ("json", columns, len(records))


def test_parquet_tells_its_columns_itself(tmp_path):
    body = parquet(
        tmp_path,
        "SELECT 1 AS \"Id\", 'a' AS t, TIMESTAMP '2026-01-01' AS at, [1] AS l, 1.5::DECIMAL(9,2) d,"
        " {'x': 1} AS s, DATE '2026-01-01' AS day",
    )
    assert seen(body) == (
        "parquet",
        {
            "id": "int",
            "t": "string",
            "at": "timestamp",
            "l": "array<int>",
            "d": "decimal(9,2)",
            "s": "struct<x:int>",
            "day": "date",
        },
        1,
    )


def test_what_is_packed_is_unpacked():
    found = classify(gzip.compress(b"id,name\n1,ann\n"))
    assert (found.format, found.compression) == ("csv", "gzip")


@pytest.mark.parametrize(
    "body",
    [
        b"one column\nand no more\n",
        b"a,b\n1,2,3\n",
        b"\xff\xfe\x00binary",
        b"\x1f\x8bno gzip",
        b"PAR1 no parquet PAR1",
        b'{"a": 1\n',
        b"[1, 2]",
        b"",
    ],
)
def test_what_nobody_knows_is_unknown(body):
    assert classify(body).format == "UNKNOWN"
