"""A large file, part by part, against the function that models it whole: the same, line by line."""

import json
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_lake import model_large_file
from data_lake.contract import newest_contracts
from data_lake.model_file import Zones, model_file
from data_lake.parquet_footer import row_groups
from data_lake.settings import Settings
from fixtures.retail.deliveries import (
    CSV_FORMS,
    JSON_FORMS,
    PURCHASE_FAULTS,
    VISIT_FAULTS,
    deliveries,
)
from fixtures.retail.files import PURCHASES, VISITS, csv_lines, gzipped, json_lines, write_parquet
from fixtures.retail.visits import visits
from runtime.object_versions import ObjectVersion
from testing.folder_s3 import FolderS3

# Spark's own way to Python leaves its sockets to the collector of garbage.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
DAY = datetime(2026, 11, 29, tzinfo=UTC)
ARRIVAL = DAY + timedelta(hours=18)
CONTRACTS, MOST, KEPT = newest_contracts(), 10**9, timedelta(days=400)
TYPED = [
    f for f in VISIT_FAULTS if f[0] not in ("wrong_type", "no_such_time") and f[1] != "seconds"
]
HEADER = ",".join(VISITS).encode()


class Lists:
    """What Spark does with a list, done at once."""

    def __init__(self, values):
        self.values = list(values)

    def parallelize(self, values, slices):
        """Take values."""
        assert slices == len(values) > 0
        return Lists(values)

    def map(self, do):
        """Do it with each."""
        return Lists(map(do, self.values))

    def flatMap(self, do):  # noqa: N802 - Spark's own word
        """Do it with each, and join what comes."""
        return Lists(chain.from_iterable(map(do, self.values)))

    def groupByKey(self):  # noqa: N802 - Spark's own word
        """Put values together by their keys."""
        found: dict[int, list[object]] = {}
        for key, value in self.values:
            found.setdefault(key, []).append(value)
        return Lists(found.items())

    def collect(self):
        """Give the values."""
        return self.values


HERE = SimpleNamespace(sparkContext=Lists(()))


class Both:
    """A file, modeled by the function and by the job, each into buckets of its own."""

    def __init__(self, folder, key, content):
        self.s3, self.folder = FolderS3(str(folder)), folder
        self.s3.put_object(Bucket="raw", Key=key, Body=content)
        self.source = ObjectVersion("raw", key, "v", "e", "0", len(content), ARRIVAL)

    def by_function(self):
        """Model it whole."""
        zones, made = Zones(self.s3, "whole", "whole-aside"), self.folder / "made"
        made.mkdir()
        model_file(zones, self.source, CONTRACTS, Settings("", "", MOST, KEPT), made)
        return self.found("whole")

    def by_job(self, part_bytes, spark=HERE):
        """Model it in parts; gives the outcome, too."""
        options = {"modeled": "parts", "failures": "parts-aside"}
        options |= {"kept_days": str(KEPT.days), "max_file_bytes": str(MOST)}
        outcome = model_large_file.model(spark, self.source, part_bytes, options, self.s3)
        return self.found("parts"), outcome

    def found(self, bucket):
        """Read what there is by now: load record, records by day, rejects."""
        (load,) = Path(self.folder, bucket, "loads").rglob("*.json")
        told = json.loads(load.read_text())
        written = told.pop("written_keys")
        there = list(Path(self.folder, bucket).rglob("*.parquet"))
        assert sorted(str(p.relative_to(self.folder / bucket)) for p in there) == written
        days = {(p.parent.name, *row) for p in there for row in rows(p)}
        aside = Path(self.folder, f"{bucket}-aside").rglob("*.parquet")
        return told, days, sorted(row for p in aside for row in rows(p))


def rows(path):
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        found = con.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
        return [tuple("" if cell is None else str(cell) for cell in r) for r in found.fetchall()]


@pytest.fixture
def both(tmp_path):
    numbers = count()

    def make(key, content):
        return Both(tmp_path / str(next(numbers)), key, content)

    return make


def sent(faults, forms=None, visits_=150, column="visit"):
    made = (getattr(each, column) for each in visits(visits_, DAY, seed=5, late=0.1))
    given = (record for record in made if record)
    return list(deliveries(given, seed=6, faults=faults, forms=forms, dirty=0.1, repeated=0.1))


def contents(tmp_path):
    csv = list(csv_lines(sent(VISIT_FAULTS, CSV_FORMS), list(VISITS)))
    lines = list(json_lines(sent(VISIT_FAULTS, JSON_FORMS)))
    tills = csv_lines(
        sent(PURCHASE_FAULTS, visits_=500, column="purchase"),
        PURCHASES,
        delimiter=";",
        encoding="windows-1252",
    )
    write_parquet(tmp_path / "a.parquet", sent(TYPED))
    with duckdb.connect() as con:  # of several row groups
        con.execute(
            f"COPY (SELECT a.* FROM '{tmp_path}/a.parquet' AS a, range(30)) "
            f"TO '{tmp_path}/b.parquet' (ROW_GROUP_SIZE 2048)"
        )
    return {
        "retail_visits/a.csv": b"".join(csv),
        "retail_visits/a.csv.gz": b"".join(gzipped(csv)),
        "retail_visits/a.jsonl": b"".join(lines),
        "retail_visits/a.json.gz": b"".join(gzipped(lines)),
        "retail_purchases/a.csv": b"".join(tills),
        "retail_visits/a.parquet": (tmp_path / "b.parquet").read_bytes(),
    }


FILES = (
    *("retail_visits/a.csv", "retail_visits/a.csv.gz", "retail_visits/a.jsonl"),
    *("retail_visits/a.json.gz", "retail_purchases/a.csv", "retail_visits/a.parquet"),
)


@pytest.mark.parametrize("key", FILES)
@pytest.mark.parametrize("part_bytes", [4000, MOST])
def test_parts_make_the_same_of_a_dirty_file(both, tmp_path, key, part_bytes):
    made = both(key, contents(tmp_path)[key])
    expected = made.by_function()
    found, (outcome,) = made.by_job(part_bytes)
    assert found == expected
    assert expected[0]["records_repeated"] > 0 < len(expected[2])
    assert outcome.good == expected[0]["records_modeled"]


@pytest.mark.parametrize("key", ["retail_visits/a.csv", "retail_visits/a.parquet"])
def test_so_does_spark(spark, both, tmp_path, key):
    made = both(key, contents(tmp_path)[key])
    expected = made.by_function()
    assert made.by_job(6000, spark)[0] == expected


LINES = st.sampled_from(
    [
        b"v-000000000001,harbour,p-00000001,2026-11-29T09:00:00Z,60,1,0,adult,3.5,false",
        b'"v-000000000002",harbour,p-00000002,2026-11-28T09:00:00Z,1,1,0,adult,,true',
        b"",
        b" ",
        b"bad",
        b'"',
        b"\xff\xfe",
        b"a\rb",
        HEADER,
        b"\xef\xbb\xbf",
    ]
)


@given(
    lines=st.lists(LINES, max_size=12),
    end=st.sampled_from([b"\n", b"\r\n"]),
    last=st.booleans(),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    part_bytes=st.integers(30, 300),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_a_file_is_cut_its_lines_stay_what_they_are(
    both, lines, end, last, mark, part_bytes
):
    content = mark + end.join([HEADER, *lines]) + (end if last else b"")
    made = both("retail_visits/a.csv", content)
    assert made.by_job(part_bytes)[0] == made.by_function()


@pytest.mark.parametrize(
    ("key", "content", "reason"),
    [
        ("retail_visits/a.csv", b"no,header\n1,2\n" * 9, "wrong_header"),
        ("retail_visits/a.csv", b"x" * (8 * 1024 * 1024 + 1), "wrong_header"),
        ("retail_visits/a.csv", b"PK\x03\x04" * 9, "unknown_format"),
        ("retail_visits/a.csv.gz", b"\x1f\x8b" * 9, "torn_container"),
        ("retail_visits/a.parquet", b"PAR1" * 9, "torn_container"),
        ("retail_visits/a.xls", b"x", "unknown_format"),
        ("nobody/a.csv", b"x", "unknown_dataset"),
    ],
    ids=["header", "long", "zip", "gzip", "parquet", "name", "folder"],
)
def test_a_file_that_is_no_good_is_set_aside_whole(both, key, content, reason):
    made = both(key, content)
    expected = made.by_function()
    found, (outcome,) = made.by_job(40)
    assert found == expected
    assert outcome.file_reason == expected[0]["file_reason"] == reason


@pytest.mark.parametrize("key", ["retail_visits/a.csv.gz", "retail_visits/a.parquet"])
def test_of_one_that_is_torn_at_its_end_nothing_is_written(both, tmp_path, key):
    content = contents(tmp_path)[key]
    if key.endswith("gz"):
        content = content[:-20]
    else:  # the last row group has no beginning any more
        with duckdb.connect() as con:
            groups = row_groups(con, tmp_path / "b.parquet")
        assert len(groups) > 1
        at = groups[-1].begin
        content = content[:at] + bytes(99) + content[at + 99 :]
    made = both(key, content)
    found, (outcome,) = made.by_job(3000)
    assert found == made.by_function()
    assert (outcome.file_reason, found[1]) == ("torn_container", set())


def test_a_line_that_is_longer_than_a_block_is_one_reject(both):
    content = b"\n".join([HEADER, b"x" * (8 * 1024 * 1024 + 1), b"bad"])
    made = both("retail_visits/a.csv", content)
    found, _ = made.by_job(1024 * 1024)
    assert found == made.by_function()
    assert {row[7] for row in found[2]} == {"line_too_long", "wrong_cell_count"}


def test_what_is_done_is_not_done_again_and_what_was_left_half_done_is_done_over(both, monkeypatch):
    content = b"\n".join([HEADER, *[b"bad"] * 50])
    made = both("retail_visits/a.csv", content)
    left, put = count(), FolderS3.put_object

    def fail_at_the_third(self, **asked):
        if next(left) == 2:
            raise ConnectionError
        put(self, **asked)

    monkeypatch.setattr(FolderS3, "put_object", fail_at_the_third)
    with pytest.raises(ConnectionError):
        made.by_job(50)
    monkeypatch.undo()
    expected = made.by_function()
    assert made.by_job(50)[0] == expected
    found, outcome = made.by_job(50)
    assert (found, outcome) == (expected, None)


def test_more_than_is_modeled_at_all_is_set_aside(both):
    content = b"".join(gzipped([HEADER + b"\n", b"bad\n" * 1000]))
    made = both("retail_visits/a.csv.gz", content)
    options = {"modeled": "m", "failures": "f", "kept_days": "9", "max_file_bytes": "900"}
    outcomes = model_large_file.model(HERE, made.source, 100, options, made.s3)
    assert [each.file_reason for each in outcomes or ()] == ["too_large"]
