"""What jobs read before they write: objects, when they came, and what is wrong in a table."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from data_lake.build_features import sources
from data_lake.merge_records import extent, records
from data_lake.past_days import PastDays, corrections
from testing.parquet_rows import write_rows

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
DAY = datetime(2026, 11, 29, tzinfo=UTC)


def test_before_the_first_object_there_is_nothing(spark, table, frame, tmp_path):
    assert records(spark, table("none"), f"file://{tmp_path}/", None) is None
    known = frame([("a",)], "source_id string")
    assert sources(spark, known, known, f"file://{tmp_path}/loads/") == []


def test_objects_are_counted_and_how_late_the_latest_came_is_told(spark, table, tmp_path):
    visits, folder = table("some"), tmp_path / "visits" / "day=2026-11-29"
    folder.mkdir(parents=True)
    stamps = [DAY + timedelta(hours=hours) for hours in (1, 5)]
    for number, stamp in enumerate(stamps):
        path = folder / f"{number}.parquet"
        row = (f"v-{number}", 1, DAY, "a", number, stamp, 1)
        write_rows(path, [row, row], visits.spark_schema)
        os.utime(path, (stamp.timestamp(),) * 2)
    place = f"file://{tmp_path}/"
    assert extent(records(spark, visits, place, None)) == (2, stamps[1])
    assert extent(records(spark, visits, place, stamps[0] + timedelta(hours=3))) == (1, stamps[1])
    assert extent(records(spark, visits, place, stamps[1] + timedelta(hours=9))) == (0, None)


def test_corrections_are_what_differs_in_the_days_that_are_told(spark, delivered, table):
    def delivery(visit, seconds, file="a"):
        return (visit, seconds, file, 1, DAY)

    has = delivered(*(delivery(visit, 1) for visit in ("same", "wrong", "gone")))
    says = delivered(delivery("same", 1), delivery("wrong", 2), delivery("new", 1, "b"))
    day = date(2026, 11, 29)
    told = [
        corrections(
            says.selectExpr("*", "DATE(entered_at) AS day"), has, ["visit_id"], "entered_at", days
        )
        for days in (PastDays(day, day), PastDays(date(2026, 11, 1), date(2026, 11, 28)))
    ]
    found = {(row["visit_id"], row["seconds"], row["gone"]) for row in told[0].collect()}
    assert found == {("wrong", 2, False), ("new", 1, False), ("gone", 1, True)}
    assert told[1].isEmpty()
