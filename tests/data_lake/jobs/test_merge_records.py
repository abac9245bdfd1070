"""Merges of modeled files into a table: whatever comes when, it is what the view says."""

import os
import random
from datetime import UTC, date, datetime, timedelta

import pytest

from data_lake import merge_records
from data_lake.merge_records import merge
from data_lake.newest_records import newest
from data_lake.past_days import PastDays
from testing.parquet_rows import write_rows

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
DAYS = [datetime(2026, 11, 27, 9, tzinfo=UTC) + timedelta(days=n) for n in range(3)]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ALL_DAYS = PastDays(DAYS[0].date(), DAYS[-1].date())


class Lake:
    """A modeled zone in a folder, its files stamped as told, and the table that is made of it."""

    def __init__(self, spark, table, folder):
        self.spark, self.table, self.folder = spark, table, folder

    def put(self, source, rows, written):
        """Write a delivery's objects; a row is an id, seconds and a day."""
        for day in {row[2] for row in rows}:
            full = [
                (visit, seconds, of, source, line, written, 1)
                for line, (visit, seconds, of) in enumerate(rows, 1)
                if of == day
            ]
            path = self.folder / "visits" / f"day={day:%Y-%m-%d}" / f"{source}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_rows(path, full, self.table.spark_schema)
            os.utime(path, (written.timestamp(),) * 2)

    def merge(self, days=None):
        """Run the merge, of what is new or of days."""
        return merge(self.spark, self.table, f"file://{self.folder}/", FIRST, days)

    @property
    def content(self):
        """Read the table."""
        return facts(self.spark.table(self.table.name))

    @property
    def snapshots(self):
        """Count its snapshots."""
        return self.spark.table(f"{self.table.name}.snapshots").count()

    @property
    def in_modeled(self):
        """Take each key once of all that is there, as the view does."""
        read = self.spark.read.schema(self.table.spark_schema).option("recursiveFileLookup", "true")
        return facts(newest(read.parquet(f"file://{self.folder}/visits"), self.table.key))


def facts(frame):
    return sorted(tuple(row) for row in frame.select("visit_id", "seconds", "source_id").collect())


@pytest.fixture
def lake(spark, made, tmp_path, request):
    return Lake(spark, made(request.node.name.partition("[")[0]), tmp_path)


def hours(number):
    return datetime(2026, 11, 29, tzinfo=UTC) + timedelta(hours=number)


def test_a_run_reads_what_came_since_the_last_and_what_may_not_have_been_seen_then(lake):
    lake.put("a", [("v-1", 1, DAYS[0]), ("v-2", 1, DAYS[1])], hours(0))
    assert lake.merge() == {"dataset": "visits", "objects": 2, "changed": 2}
    lake.put("b", [("v-3", 1, DAYS[0])], hours(5))
    assert lake.merge() == {"dataset": "visits", "objects": 3, "changed": 1}
    # What is stamped a little earlier, and was not to be seen yet.
    lake.put("c", [("v-4", 1, DAYS[2])], hours(5) - timedelta(minutes=16))
    assert lake.merge() == {"dataset": "visits", "objects": 2, "changed": 1}
    lake.put("d", [("v-5", 1, DAYS[2])], hours(5) + timedelta(minutes=40))
    assert lake.merge() == {"dataset": "visits", "objects": 3, "changed": 1}
    # What no function could still have been at is not read again.
    assert lake.merge() == {"dataset": "visits", "objects": 1, "changed": 0}
    snapshots = lake.snapshots
    assert lake.merge()["changed"] == 0
    assert lake.snapshots == snapshots
    assert lake.content == lake.in_modeled


@pytest.mark.parametrize("seed", range(4))
def test_deliveries_in_any_order_and_grouping_end_in_the_same_table(lake, seed):
    choose = random.Random(seed)  # noqa: S311 (an example, not a secret)
    for number in range(6):
        rows = [
            (f"v-{choose.randrange(5)}", choose.randrange(9), choose.choice(DAYS))
            for _ in range(choose.randrange(1, 5))
        ]
        lake.put(f"{choose.randrange(99):02}-{number}", rows, hours(number * 3))
        if choose.random() < 0.5:
            lake.merge()
    lake.merge()
    assert lake.content == lake.in_modeled
    assert lake.merge(ALL_DAYS)["changed"] == 0


@pytest.mark.parametrize("step", ["records", "prepare", "changes", "_apply"])
def test_a_run_that_is_killed_is_made_good_by_the_next(lake, monkeypatch, step):
    lake.put("a", [("v-1", 1, DAYS[0])], hours(0))
    lake.merge()
    lake.put("b", [("v-1", 2, DAYS[0]), ("v-2", 2, DAYS[1])], hours(5))

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(merge_records, step, killed)
        with pytest.raises(KeyboardInterrupt):
            lake.merge()
    lake.merge()
    assert lake.content == lake.in_modeled == [("v-1", 2, "b"), ("v-2", 2, "b")]


def test_a_table_that_was_rolled_back_takes_in_again_what_it_lost(lake):
    lake.put("a", [("v-1", 1, DAYS[0])], hours(0))
    lake.merge()
    first = merge_records.snapshot(lake.spark, lake.table)
    lake.put("b", [("v-2", 2, DAYS[1])], hours(5))
    lake.merge()
    _, _, name = lake.table.name.partition(".")
    lake.spark.sql(
        f"CALL glue_catalog.system.rollback_to_snapshot(table => '{name}', snapshot_id => {first})"
    )
    lake.merge()
    assert lake.content == lake.in_modeled


def test_a_mark_holds_while_its_snapshot_is_part_of_the_table(lake):
    lake.put("a", [("v-1", 1, DAYS[0]), ("v-2", 1, DAYS[2])], hours(0))
    lake.merge()
    mark = merge_records.merged_until(lake.spark, lake.table)
    assert mark == hours(0)
    merge_records.expire(lake.spark, lake.table, DAYS[1])
    assert merge_records.merged_until(lake.spark, lake.table) == mark
    assert [row[0] for row in lake.content] == ["v-2"]


def test_past_days_become_what_the_modeled_zone_says_and_no_other_day_is_touched(lake):
    wrong = [("v-1", 99, DAYS[0]), ("v-2", 99, DAYS[1]), ("v-9", 99, DAYS[1]), ("v-3", 99, DAYS[2])]
    lake.put("a", [("v-1", 1, DAYS[0]), ("v-2", 1, DAYS[1])], hours(0))
    lake.put("b", wrong, hours(3))
    lake.merge()
    # The wrong delivery is taken out of two days, and its third is mended in place.
    for day in DAYS[:2]:
        (lake.folder / "visits" / f"day={day:%Y-%m-%d}" / "b.parquet").unlink()
    assert lake.merge()["changed"] == 0
    report = lake.merge(PastDays(date(2026, 11, 28), date(2026, 11, 28)))
    assert report == {"dataset": "visits", "changed": 2}
    assert lake.content == [("v-1", 99, "b"), ("v-2", 1, "a"), ("v-3", 99, "b")]
    lake.put("b", [("v-3", 3, DAYS[2])], hours(3))
    lake.merge(ALL_DAYS)
    assert lake.content == lake.in_modeled == [("v-1", 1, "a"), ("v-2", 1, "a"), ("v-3", 3, "b")]
    snapshots = lake.snapshots
    assert lake.merge(ALL_DAYS)["changed"] == 0
    assert lake.snapshots == snapshots


@pytest.mark.parametrize(
    "text", ["", "2026-11-01", "2026-11-31/2026-12-01", "2026-11-03/2026-11-01"]
)
def test_what_is_no_range_of_days_is_refused(text):
    with pytest.raises(ValueError, match="--days is"):
        PastDays.read(text)


def test_days_are_read_the_last_one_included():
    assert PastDays.read("new") is None
    assert PastDays.read("2026-11-01/2026-11-03") == PastDays(date(2026, 11, 1), date(2026, 11, 3))
