"""Files that nobody wants: each is set aside with its reason, and what can be read is read."""

import gzip
import json

import pytest

from data_lake import lines as lines_module
from data_lake import modeling as modeling_module
from data_lake.lines import BLOCK_BYTES

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
HEADER = ",".join(VISIT).encode()
ROW = b"v-000000000001,harbour,p-00000001,2026-11-29T09:00:00Z,60,1,0,adult,3.5,false"
CSV = HEADER + b"\n" + ROW + b"\n"


SET_ASIDE = {
    "empty.csv": (b"", "empty"),
    "empty.jsonl.gz": (gzip.compress(b""), "empty"),
    "empty.parquet": (b"", "empty"),
    "torn.csv.gz": (gzip.compress(CSV * 50)[:-9], "torn_container"),
    "tail.csv.gz": (gzip.compress(CSV) + b"tail", "torn_container"),
    "text.csv.gz": (CSV, "torn_container"),
    "torn.parquet": (b"PAR1" + b"x" * 100, "torn_container"),
    "packed.csv": (gzip.compress(CSV), "unknown_format"),
    "wide.csv": ("\ufeff".encode("utf-16-le") + CSV.decode().encode("utf-16-le"), "unknown_format"),
    "book.xlsx": (b"PK\x03\x04", "unknown_format"),
    "no_header.csv": (ROW + b"\n", "wrong_header"),
    "removed.csv": (CSV.replace(b",seconds", b",duration"), "wrong_header"),
    "old_mac.csv": (CSV.replace(b"\n", b"\r"), "wrong_header"),
    "endless.csv": (b"x" * (BLOCK_BYTES + 2), "wrong_header"),
    "cases.csv": (CSV.replace(b"visitor", b"Store", 1), "ambiguous_header"),
    "binary.csv": (bytes(range(256)) * 40, "wrong_header"),
}


def json_line(**changes):
    return json.dumps({**VISIT, **changes}, ensure_ascii=False).encode() + b"\n"


def reasons(found):
    return [row["reason"] for row in found.rejects]


@pytest.mark.parametrize("name", SET_ASIDE)
def test_a_file_that_cannot_be_trusted_is_set_aside_whole(model, name):
    content, reason = SET_ASIDE[name]
    found = model(f"retail_visits/{name}", content)
    ((row),) = found.rejects
    assert (row["reason"], row["line_number"], row["byte_offset"]) == (reason, None, None)
    assert row["record"]
    assert not found.good
    assert found.outcome.file_reason == reason


def test_a_removed_column_is_named(model):
    found = model("retail_visits/a.csv", CSV.replace(b",seconds", b",duration"))
    assert found.rejects[0]["record"] == "not there: seconds"


def test_a_container_torn_after_many_good_records_leaves_none_of_them(model):
    packed = gzip.compress(HEADER + b"\n" + (ROW + b"\n") * 200_000)
    found = model("retail_visits/a.csv.gz", packed[: len(packed) - 20])
    assert reasons(found) == ["torn_container"]
    assert not found.good


def test_few_bytes_that_hold_too_many_are_set_aside(model):
    bomb = gzip.compress(HEADER + b"\n" + bytes(120_000_000), 1)
    assert reasons(model("retail_visits/a.csv.gz", bomb)) == ["too_large"]


def test_two_members_of_gzip_are_one_file(model):
    packed = gzip.compress(HEADER + b"\n" + ROW) + gzip.compress(b"\n" + ROW)
    assert len(model("retail_visits/a.csv.gz", packed).good) == 2


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_line_of_100_megabytes_is_one_reject_among_good_records(model, ending):
    row = ROW + b"\n" if ending == "csv" else json_line()
    head = HEADER + b"\n" + row if ending == "csv" else row
    found = model(f"retail_visits/a.{ending}", head + b"y" * 100_000_000 + b"\n" + row)
    assert reasons(found) == ["line_too_long"]
    (reject,) = found.rejects
    assert reject["byte_offset"] == len(head)
    assert reject["record"] == "y" * 4096
    assert [r["source_line"] for r in found.good] == [head.count(b"\n"), head.count(b"\n") + 2]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + CSV,
        CSV.replace(b"\n", b"\r\n"),
        HEADER + b"\r\n" + ROW + b"\n" + ROW + b"\r\n" + ROW,
        HEADER + b"\n\n \n" + ROW + b"\n\n",
        HEADER.upper() + b"\n" + ROW + b"\n",
        HEADER.replace(b"store", b'"store"') + b"\n" + ROW.replace(b"harbour", b'"harbour"'),
    ],
    ids=["mark of UTF-8", "CRLF", "mixed ends", "blank lines", "capitals", "quotes"],
)
def test_what_takes_nothing_from_a_record_is_read(model, content):
    found = model("retail_visits/a.csv", content)
    assert found.good
    assert {row["store"] for row in found.good} == {"harbour"}
    assert not found.rejects


def test_a_mark_of_utf_8_moves_no_offset(model):
    found = model("retail_visits/a.csv", b"\xef\xbb\xbf" + HEADER + b"\nbad\n")
    assert found.rejects[0]["byte_offset"] == 3 + len(HEADER) + 1


def test_carriage_returns_amid_line_feeds_cost_only_their_own_records(model):
    found = model("retail_visits/a.csv", CSV + ROW + b"\r" + ROW + b"\n" + ROW + b"\n")
    assert reasons(found) == ["malformed"]
    assert [row["line_number"] for row in found.rejects] == [3]
    assert [row["source_line"] for row in found.good] == [2, 4]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize(
    "odd",
    [
        "\x00",
        "\x1e",
        "\x1d\x1c",
        "\x1e\x1e\x1e",
        "\x0b\x0c",
        "\x85",
        "\u2028",
        "\ufeff",
        "#",
        "\\",
        "'",
    ],
    ids=ascii,
)
def test_an_odd_character_stays_in_its_cell_and_moves_no_line(model, odd, ending):
    store = f"{odd}shop{odd}"
    if ending == "csv":
        rows = [HEADER, *[ROW.replace(b"harbour", store.encode())] * 3, b"bad"]
    else:
        rows = [*[json_line(store=store).strip()] * 3, b"bad"]
    found = model(f"retail_visits/a.{ending}", b"\n".join(rows))
    assert {row["store"] for row in found.good} == {store}
    assert len(found.good) == 3
    assert [row["line_number"] for row in found.rejects] == [len(rows)]


def test_a_line_of_some_megabytes_is_read(model):
    row = json_line(note="x" * 5_000_000)
    found = model("retail_visits/a.jsonl", row + row)
    assert [r["source_line"] for r in found.good] == [1, 2]


def test_a_quote_that_never_closes_swallows_no_other_record(model):
    found = model("retail_visits/a.csv", CSV + b'"' + ROW + b"\n" + ROW + b'"\n' + ROW + b"\n")
    assert [row["line_number"] for row in found.rejects] == [3, 4]
    assert len(found.good) == 2


def test_types_that_drift_in_the_middle_cost_only_what_drifted(model):
    rows = [ROW] * 50 + [ROW.replace(b",60,", b",1 min,")] * 30 + [ROW] * 20
    found = model("retail_visits/a.csv", b"\n".join([HEADER, *rows]))
    assert found.reasons == {("wrong_type", "seconds"): 30}
    assert [row["line_number"] for row in found.rejects] == list(range(52, 82))
    assert len(found.good) == 70


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("entered_at", "2026-02-30T09:00:00Z", "no_such_time"),
        ("entered_at", "2026-11-28T24:00:00Z", "no_such_time"),
        ("entered_at", "2026-11-28T09:60:00Z", "no_such_time"),
        ("entered_at", "2026-11-28", "wrong_type"),
        ("entered_at", "2026-11-28T09:00:00", "wrong_type"),
        ("entered_at", "2026-12-09T09:00:00Z", "out_of_window"),
        ("seconds", "NaN", "not_finite"),
        ("seconds", "99999999999999999999", "out_of_range"),
        ("seconds", "43201", "out_of_range"),
        ("seconds", "7.9", "wrong_type"),
        ("seconds", "1_000", "wrong_type"),
        ("seconds", "0x1F", "wrong_type"),
        ("seconds", " 60", "wrong_type"),
        ("seconds", "\u0663", "wrong_type"),
        ("temperature", "-Infinity", "not_finite"),
        ("temperature", "1e999", "out_of_range"),
        ("temperature", "", None),
        ("age_band", "", None),
        ("age_band", "Adult", "not_allowed"),
        ("purchased", "1", "wrong_type"),
        ("store", "", "missing"),
        ("store", "x" * 65, "not_allowed"),
        ("store", "O'Brien; DROP TABLE good --", None),
    ],
)
def test_a_cell_is_judged(model, column, value, reason):
    row = ",".join(f"{v}".lower() if isinstance(v, bool) else f"{v}"
                   for v in {**VISIT, column: value}.values())  # fmt: skip
    found = model("retail_visits/a.csv", HEADER + b"\n" + row.encode())
    assert reasons(found) == ([reason] if reason else [])
    assert len(found.good) == (not reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"seconds": "60"}, "wrong_type"),
        ({"seconds": 60.5}, "wrong_type"),
        ({"seconds": 10**30}, "out_of_range"),
        ({"seconds": None}, "missing"),
        ({"seconds": [60]}, "wrong_type"),
        ({"purchased": "true"}, "wrong_type"),
        ({"store": 7}, "wrong_type"),
        ({"temperature": float("nan")}, "not_finite"),
        ({"temperature": None}, None),
        ({"STORE": "x"}, "ambiguous_columns"),
        ({"new": {"a": [1]}}, None),
    ],
)
def test_json_is_held_to_its_own_types(model, changes, reason):
    found = model("retail_visits/a.jsonl", json_line(**changes))
    assert reasons(found) == ([reason] if reason else [])


@pytest.mark.parametrize("line", [b"[1]", b'"text"', b"{", b"null", b"{}{}"])
def test_a_line_that_is_no_json_object_is_malformed(model, line):
    found = model("retail_visits/a.jsonl", json_line() + line + b"\n" + json_line())
    assert reasons(found) in (["malformed"], ["missing"])
    assert len(found.good) == 2


def test_the_engine_is_held_to_its_memory_and_blocks_to_theirs():
    assert modeling_module.ENGINE_MIB + 8 * lines_module.BLOCK_BYTES // 1024**2 < 512
