"""Objects read as Hive's serdes read them, good cells and bad."""

import csv
import gzip
import io

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet as parquet_reader

from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.serdes import split_csv

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"

# A backslash is opencsv's escape and a line break ends a record: a file must encode both.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\\r\n"), max_size=20)


@given(st.lists(CELLS, min_size=2, max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_rfc_4180_record_comes_back_unchanged(cells):
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    assert split_csv(line.getvalue(), ",", '"', "\\") == cells


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_csv_file_comes_back_unchanged_through_a_table(shelf, ask, rows):
    text = io.StringIO()
    csv.writer(text).writerows([("a", "b"), *rows])
    shelf.add("cells", {"a": "string", "b": "string"}, skip__header__line__count="1")
    shelf.put("s3://lake/cells/x.csv", text.getvalue())
    assert ask("SELECT a, b FROM cells") == [list(row) for row in rows]


def test_a_backslash_in_csv_is_swallowed_as_opencsv_does(shelf, ask):
    shelf.add("cells", {"a": "string", "b": "string"})
    shelf.put("s3://lake/cells/x.csv", 'a\\b,"c\\"d"\n')
    assert ask("SELECT * FROM cells") == [["ab", 'c"d']]


def test_a_csv_record_does_not_span_lines(shelf, refusal):
    shelf.add("cells", {"a": "string"})
    shelf.put("s3://lake/cells/x.csv", '"one\ntwo"\n')
    assert "Un-terminated quoted field" in refusal("SELECT * FROM cells")


def test_csv_types_are_athenas(shelf, ask):
    columns = {"i": "int", "d": "double", "b": "boolean", "day": "date", "at": "timestamp"}
    shelf.add("typed", columns)
    shelf.put("s3://lake/typed/x.csv", "1,2.5,TRUE,19723,1704067200123\n")
    assert ask("SELECT * FROM typed") == [
        ["1", "2.5", "true", "2024-01-01", "2024-01-01 00:00:00.123"]
    ]


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("int", ""),
        ("int", "1.5"),
        ("double", ""),
        ("date", "2024-01-01"),
        ("timestamp", "2024-01-01 00:00:00"),
    ],
)
def test_a_csv_cell_that_is_not_of_its_type_fails_the_query(shelf, refusal, kind, cell):
    shelf.add("typed", {"x": "string", "y": kind})
    shelf.put("s3://lake/typed/x.csv", f"a,{cell}\n")
    message = f"HIVE_BAD_DATA: Error parsing field value '{cell}' for field 1"
    assert refusal("SELECT y FROM typed").startswith(message)


def test_missing_csv_columns_are_null_and_extra_ones_are_ignored(shelf, ask):
    shelf.add("cells", {"a": "string", "b": "string"})
    shelf.put("s3://lake/cells/x.csv", "1\n1,2,3\n")
    assert ask("SELECT * FROM cells ORDER BY b") == [["1", "2"], ["1", None]]


def test_delimited_text_has_null_where_a_cell_is_not_of_its_type(shelf, ask):
    columns = {"i": "int", "s": "string", "l": "array<int>", "m": "map<string,int>", "d": "date"}
    shelf.add("plain", columns, serde=LAZY, options={"field.delim": ";"})
    shelf.put("s3://lake/plain/x.txt", "1;a;1\x022;k\x035;2024-01-01\nx;\\N;;;\n99999999999;;;;\n")
    assert ask("SELECT * FROM plain ORDER BY i, s") == [
        ["1", "a", "[1, 2]", "{k=5}", "2024-01-01"],
        [None, "", "[]", "{}", None],
        [None, None, "[]", "{}", None],
    ]


def test_json_columns_match_without_regard_to_case_and_nest(shelf, ask):
    columns = {"name": "string", "n": "bigint", "pos": "struct<x:double,tags:array<string>>"}
    shelf.add("docs", columns, serde=OPENX)
    shelf.put(
        "s3://lake/docs/x.json", '{"Name":"Zoë","n":3,"pos":{"X":1.5,"tags":["a"]}}\n{"n":null}\n'
    )
    assert ask("SELECT name, n, pos.x, pos.tags[1] FROM docs WHERE n = 3") == [
        ["Zoë", "3", "1.5", "a"]
    ]
    assert ask("SELECT * FROM docs WHERE n IS NULL") == [[None, None, None]]


def test_malformed_json_fails_unless_the_table_says_to_ignore_it(shelf, ask, refusal):
    shelf.add("strict", {"a": "string"}, serde=OPENX)
    shelf.add("lenient", {"a": "string"}, serde=OPENX, options={"ignore.malformed.json": "true"})
    for table in ("strict", "lenient"):
        shelf.put(f"s3://lake/{table}/x.json", '{"a":"1"}\n{oops\n')
    assert "HIVE_CURSOR_ERROR: Row is not a valid JSON Object" in refusal("SELECT * FROM strict")
    assert ask("SELECT count(*), count(a) FROM lenient") == [["2", "1"]]


def test_a_json_value_that_is_not_of_its_type_fails_the_query(shelf, refusal):
    shelf.add("docs", {"n": "int"}, serde=OPENX)
    shelf.put("s3://lake/docs/x.json", '{"n":"many"}\n')
    assert refusal("SELECT n FROM docs").startswith(
        "HIVE_BAD_DATA: Error parsing field value 'many'"
    )


def parquet(tmp_path, query):
    path = tmp_path / "x.parquet"
    with duckdb.connect() as con:
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def test_parquet_columns_are_found_by_name_and_held_to_their_type(shelf, ask, refusal, tmp_path):
    body = parquet(tmp_path, "SELECT 1::INTEGER AS n, 'a' AS s")
    shelf.add("good", {"s": "string", "n": "bigint", "gone": "double"}, serde=PARQUET)
    shelf.add("bad", {"s": "bigint"}, serde=PARQUET)
    for table in ("good", "bad"):
        shelf.put(f"s3://lake/{table}/x", body)
    assert ask("SELECT * FROM good") == [["a", "1", None]]
    assert "incompatible with type bigint defined in table schema" in refusal("SELECT * FROM bad")


def test_of_parquet_the_chunks_of_the_columns_that_are_read_are_counted(
    shelf, ask, session, tmp_path
):
    body = parquet(tmp_path, "SELECT range AS n, md5(range::VARCHAR) AS s FROM range(9000)")
    shelf.add("t", {"n": "bigint", "s": "string", "gone": "double"}, serde=PARQUET)
    shelf.put("s3://lake/t/x", body)
    chunks = {c.path_in_schema: c.total_compressed_size for c in chunks_of(body)}
    for read, weight in {
        "count(*)": 0,
        "sum(n)": chunks["n"],
        "max(gone)": 0,
        "count_if(n > 1 AND s > 'a')": sum(chunks.values()),
    }.items():
        ask(f"SELECT {read} FROM t")
        assert session.scanned == weight
    session.cutoff = sum(chunks.values()) - 1
    with pytest.raises(AthenaError, match="Bytes scanned limit"):
        ask("SELECT * FROM t")


def chunks_of(body):
    metadata = parquet_reader.ParquetFile(io.BytesIO(body)).metadata
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    return [group.column(n) for group in groups for n in range(group.num_columns)]


def test_compressed_objects_are_read(shelf, ask):
    shelf.add("cells", {"a": "string"})
    shelf.put("s3://lake/cells/x.csv.gz", gzip.compress(b"zip\n"))
    assert ask("SELECT * FROM cells") == [["zip"]]


def test_hidden_objects_and_empty_folders_are_passed_over_and_subfolders_are_read(shelf, ask):
    shelf.add("cells", {"a": "string"})
    for key in ("_SUCCESS", ".part", "_temporary/x.csv"):
        shelf.put(f"s3://lake/cells/{key}", "hidden\n")
    shelf.put("s3://lake/cells/folder/", "")
    shelf.put("s3://lake/cells/deep/er/x.csv", "seen\n")
    assert ask('SELECT a, "$path" FROM cells') == [["seen", "s3://lake/cells/deep/er/x.csv"]]


def test_a_serde_that_is_not_carried_is_named(shelf, refusal):
    shelf.add("orc", {"a": "string"}, serde="org.apache.hadoop.hive.ql.io.orc.OrcSerde")
    assert "does not carry the serde org.apache.hadoop.hive.ql.io.orc.OrcSerde" in refusal(
        "SELECT * FROM orc"
    )


@pytest.mark.parametrize(
    "options", [{}, {"escapeChar": '"'}, {"quoteChar": '"', "escapeChar": "\\"}]
)
def test_csv_eats_backslashes_whatever_the_escape_character(shelf, ask, options):
    shelf.add("cells", {"a": "string", "b": "string", "c": "string"}, options=options)
    shelf.put("s3://lake/cells/x.csv", 'C:\\temp,"say ""hi""",""\n,x\n')
    assert ask("SELECT * FROM cells ORDER BY b") == [["C:temp", 'say "hi"', ""], ["", "x", None]]


@pytest.mark.parametrize(
    ("kind", "cell", "read"),
    [
        ("bigint", "7.9", "7"),
        ("int", "-7.9", "-7"),
        ("bigint", "7.", "7"),
        ("bigint", " 7", None),
        ("bigint", "7.x", None),
        ("tinyint", "300.5", None),
        ("boolean", "1", None),
        ("boolean", "TRUE", "true"),
        ("date", "2026-02-30", "2026-03-02"),
        ("date", "2026-3-1", "2026-03-01"),
        ("date", "2026-13-01", None),
        ("date", "2026-01-32", None),
        ("timestamp", "2026-02-28T10:00:00", None),
        ("timestamp", "2026-02-28 25:00:00", None),
        ("timestamp", "2026-02-28 10:00:00", "2026-02-28 10:00:00.000"),
    ],
)
def test_delimited_text_is_read_as_hive_reads_it(shelf, ask, kind, cell, read):
    shelf.add("plain", {"x": "string", "y": kind}, serde=LAZY, options={"field.delim": ";"})
    shelf.put("s3://lake/plain/x.txt", f"a;{cell}\n")
    assert ask("SELECT y FROM plain") == [[read]]
