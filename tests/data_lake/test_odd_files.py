"""Files that are odd and not all bad: what can be read is read, what is not says why."""

import base64
import gzip
import json
import zlib
from datetime import UTC, datetime
from itertools import product

import duckdb
import pytest

VISIT = {
    "visit_id": "v-000000000001",
    "store": "harbour",
    "visitor": "p-00000001",
    "entered_at": "2026-11-29T09:00:00Z",
    "seconds": 60,
    "zones": 1,
    "basket_touches": 0,
    "age_band": "adult",
    "temperature": 3.5,
    "purchased": False,
}
LINE = json.dumps(VISIT).encode() + b"\n"
CSV = b"\n".join(
    ",".join(each).encode()
    for each in (VISIT, (json.dumps(value).strip('"') for value in VISIT.values()))
)
TYPED = {
    **{name: f"'{VISIT[name]}'" for name in ("visit_id", "store", "visitor", "age_band")},
    "entered_at": "TIMESTAMPTZ '2026-11-29 09:00:00.123456Z'",
    **{name: f"{VISIT[name]}::BIGINT" for name in ("seconds", "zones", "basket_touches")},
    "temperature": "3.5::DOUBLE",
    "purchased": "false",
}

# One visit as Spark 3.5.6 writes it by itself: entered_at is an INT96.
INT96 = (
    "eNqlVl+IG0UYn+zt3m3SEKvcDAlEOBZv6cFdSJq79nqEI8IhcvhQ7sGHEwmT7PQudpNN988VPQ7EB0ULpR4YxIdiQfogfRFE"
    "TqilPvggqGi4h/okFsX6WlBEKfjNZrMzudTW9nYS9pvv983vNzv7fV9y+tm1Ekb4GRi/fPfxm+N5rMBUxzpCGYTQ1lxRXDyQ"
    "wPj9571Pn5ACJyBwk7p1J3DBlYfx/luffJWSIlIQ0ZmLaVSchfHt3o0rmQoEqYC+8uMX559G6MbFaQSLVBh/3L13V+Ucap8D"
    "jQFwFMbXH/xzISmRV1D/iuB3X//8N1k7MQz37nV7aQlGAn4Kxt8/7L6dkWANIGoFth8tf2/vygV9ZHm6CnMFxq9f3vlJk+Hc"
    "k0oumxk+xhEHVnIkCp2IDlJYEpgSZzg0kUL0wWlIpgwnBJy4D4wEjEZhLTyJwX10XboqmRKcQPwbOfJEx2sEhdY6Xomsywm8"
    "GplXFXw8Mm8peDkyu2OxuS/MXRVXI7Onxt5LGi6S/tavP5/2OtQ9W/Mam6xF8STC6WmU1beaXtOvNa1p9EKeR3Kn5vmOy2TP"
    "RBjmuAPfOPhSrO0zl1k16kOi8iCPNZy25fVn2mtOm0V2pk69s8yv+U4A6l4kTTdYrU7bsXQKnEd81uowl/qByyAVwZPsBG5j"
    "k3rMQkTJ5XPXTEi7dG5a5+9msHsMGFkja6ZeOZhTB+cEHXtIBJwc5mWgIERuJ/EkuanhF5G5Hsv2zyfUXCEr5nolztHYAJUR"
    "n8z7J+ftjuMlZF5OxMSDYw6pV8kqYBU5v2UbFP4DkXXeSWFCvh/HzyHzqpLH46Cj5uRXF0p1SAdg804in03LHWh4BooPQFFu"
    "NmxXSr9vcfEPQRyZt0BXjZ4vypBQdJksA1YR5SksULqPV36uz/hzdSfwMjK7YzF/P+di9u5YRVS3sDj7qFdm/4az74fs+4L9"
    "QBbHMvtcBsWESJIZ9Q4lF5fZ1bnMriqSelAXoUCVVAGsRK0mugH10Fwm/St84zo+jswekKb6pHJdxRvvqRXRpoQlNi57ZY2L"
    "R0DjjSTf+CXo8qivISo1VCiSIqAVaHjwAc7wLrN8xFluJrGByJ5GFFOH2yTPo2zWcTcKtEPhmAth1ypsMddrOu2sVi4sFE6g"
    "7MxIhHfOLoBxLmB+wXXOF1rMpxb1afa6tm34r3aYsWR4vhs0fGPWONNktuUZSy9tG23a4tCgkwAogpvtDZi3A9umdRt8Z6jt"
    "sVljQG0sbe/szMYUYVc4xPqo+A/BIMpakPjNFvN82uo8ypP0y1SQ2M4j7SMsw8dePVxmj00zKKNDnKdUNILFcgK+9P+zxGUh"
    "OOqOYzPafijJyzsouxpl9VzLnYrKYKpUKJULpalj9aBpW1NWfb60WC4VT1kL9ZPledZYOFUuWosniw2LstKJEpsvLlpWnc7k"
    "rsEP7QM+aAbK/TT8E/4XoyhfMg=="
)


@pytest.fixture
def parquet(tmp_path):
    """Write a Parquet file of visits, some columns of which are other expressions."""

    def write(rows=1, options="", **changes):
        path = tmp_path / "it.parquet"
        columns = ", ".join(f"{value} AS {name}" for name, value in {**TYPED, **changes}.items())
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(
                f"COPY (SELECT {columns} FROM range({rows})) TO '{path}' (FORMAT parquet{options})"
            )
        return path.read_bytes()

    return write


def reasons(found):
    return [(row["reason"], row["column_name"], row["line_number"]) for row in found.rejects]


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_a_mark_of_utf_8_before_json_lines_is_no_part_of_the_first(model, ending):
    content = b"\xef\xbb\xbf" + LINE + b"{\n"
    found = model(
        f"retail_visits/a.{ending}", gzip.compress(content) if "gz" in ending else content
    )
    assert [row["source_line"] for row in found.good] == [1]
    ((reject),) = found.rejects
    assert (reject["byte_offset"], reject["record"]) == (3 + len(LINE), "{")


def test_a_first_record_that_is_bad_is_told_without_its_mark(model):
    found = model("retail_visits/a.jsonl", b"\xef\xbb\xbf{\n" + LINE)
    assert [(row["byte_offset"], row["record"]) for row in found.rejects] == [(0, "{")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_text_of_more_bytes_a_character_is_set_aside(model, ending, encoding):
    text = (CSV + b"\n" if ending == "csv" else LINE).decode()
    found = model(f"retail_visits/a.{ending}", text.encode(encoding))
    assert not found.good
    whole = {"unknown_format", "wrong_header"}
    assert {row["reason"] for row in found.rejects} <= whole | {"malformed", "not_text"}


def test_json_lines_of_several_members_of_gzip_are_one_file_wherever_they_are_cut(model):
    packed = gzip.compress(LINE[:20]) + gzip.compress(b"") + gzip.compress(LINE[20:] + LINE)
    assert len(model("retail_visits/a.jsonl.gz", packed, chunk=7).good) == 2


@pytest.mark.parametrize("tail", [b"\x00" * 512, b"tail", b"\x1f\x8b", LINE])
def test_what_is_no_gzip_behind_gzip_sets_the_file_aside(model, tail):
    found = model("retail_visits/a.jsonl.gz", gzip.compress(LINE) + tail)
    assert reasons(found) == [("torn_container", None, None)]


@pytest.mark.parametrize(
    "stored",
    [
        "TIMESTAMP_NS '2026-11-29 09:00:00.123456789'",
        "TIMESTAMP '2026-11-29 09:00:00.123456'",
        "TIMESTAMPTZ '2026-11-29 10:00:00.123456+01:00'",
    ],
)
def test_moments_of_parquet_are_kept_to_the_microsecond(model, parquet, stored):
    (row,) = model("retail_visits/a.parquet", parquet(entered_at=stored)).good
    assert row["entered_at"] == datetime(2026, 11, 29, 9, 0, 0, 123456, UTC)


@pytest.mark.parametrize(
    "stored", ["{'a': 1}", "[1]", "MAP {'a': 1}", "'60'", "60.5", "DATE '2026-11-29'"]
)
def test_a_column_of_parquet_that_is_nested_or_another_sets_the_file_aside(model, parquet, stored):
    found = model("retail_visits/a.parquet", parquet(seconds=stored))
    assert reasons(found) == [("retyped_column", None, None)]
    assert found.rejects[0]["record"].startswith("seconds is ")


def test_moments_of_sparks_own_writing_are_read(model):
    (row,) = model("retail_visits/a.parquet", zlib.decompress(base64.b64decode(INT96))).good
    assert row["entered_at"] == datetime(2026, 11, 29, 9, 0, 0, 123456, UTC)


def test_a_nested_column_that_nobody_knows_passes_and_is_told(model, parquet):
    found = model("retail_visits/a.parquet", parquet(extra="{'a': [1, 2]}"))
    assert len(found.good) == 1
    assert found.outcome.added == {"extra"}


def test_two_columns_of_parquet_that_differ_by_case_set_the_file_aside(model, parquet):
    content = parquet(storZ="'x'", nested="{'store': 1, 'zones': [{'store': 2}]}")
    found = model("retail_visits/a.parquet", content.replace(b"storZ", b"STORE"))
    assert reasons(found) == [("ambiguous_header", None, None)]
    assert found.rejects[0]["record"] == "more than once: store"


def test_a_dictionary_that_grows_until_there_is_none_changes_no_value(model, parquet):
    store = "CASE WHEN range < 4000 THEN 'few' ELSE 'shop ' || range END"
    visit = "'v-' || lpad(range::VARCHAR, 12, '0')"
    options = ", ROW_GROUP_SIZE 2048, DICTIONARY_SIZE_LIMIT 100"
    found = model("retail_visits/a.parquet", parquet(8000, options, store=store, visit_id=visit))
    assert len({row["store"] for row in found.good}) == 4001
    assert len(found.good) == 8000
    assert found.outcome.repeated == 0


def test_a_value_that_drifts_in_a_later_row_group_costs_its_own_records(model, parquet):
    band = "CASE WHEN range < 3000 THEN 'adult' ELSE 'grown-up' END"
    found = model("retail_visits/a.parquet", parquet(3010, ", ROW_GROUP_SIZE 2048", age_band=band))
    assert len(found.good) == 3000
    assert reasons(found) == [("not_allowed", "age_band", line) for line in range(3001, 3011)]


def test_more_days_than_are_gone_through_one_by_one_are_each_one_file(model):
    rows = [
        json.dumps({**VISIT, "entered_at": f"2026-{month:02}-{day:02}T09:00:00Z"}).encode()
        for month in range(1, 11)
        for day in range(1, 29)
    ]
    found = model("retail_visits/a.jsonl", b"\n".join(rows))
    assert len(found.outcome.parts) == len(found.good) == 280
    assert found.outcome.repeated == 279
    for day, path in found.outcome.parts.items():
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            (kept,) = con.execute(f"SELECT entered_at::DATE FROM read_parquet('{path}')").fetchall()
        assert kept == (day,)


def test_of_an_hour_that_a_clock_repeats_the_last_is_taken(model):
    receipt = "r-000000000001;harbour;v-000000000001;2026-10-25;2026-10-25T02:30:00;2;12.50"
    names = "receipt_id;store;visit_id;paid_on;paid_at;items;amount"
    (row,) = model("retail_purchases/a.csv", f"{names}\n{receipt}\n".encode()).good
    assert row["paid_at"].astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


CONTROLS = [chr(code) for code in (*range(1, 9), *range(28, 31))]
ALL_OF_THREE = "".join("".join(three) for three in product(CONTROLS, repeat=3)).encode()
PRIVATE = "".join(map(chr, range(0x100000, 0x100100))).encode()


def test_a_line_of_all_that_could_part_others_is_one_reject(model):
    row = CSV.split(b"\n")[1]
    found = model("retail_visits/a.csv", b"\n".join([CSV, ALL_OF_THREE, row]))
    assert reasons(found) == [("wrong_cell_count", None, 3)]
    assert found.rejects[0]["record"] == ALL_OF_THREE.decode()
    assert len(found.good) == 2


def test_a_file_that_leaves_nothing_to_part_its_lines_by_is_set_aside(model):
    found = model("retail_visits/a.csv", b"\n".join([CSV, ALL_OF_THREE, PRIVATE]))
    assert [row["reason"] for row in found.rejects] == ["unknown_format"]
    assert not found.good
