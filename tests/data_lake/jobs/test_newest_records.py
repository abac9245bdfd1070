"""Each key once, the newest delivery of it, in whatever order and however often they come."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_lake.newest_records import changes, newest
from stacks.data_lake.datasets import datasets

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
BEGIN = datetime(2026, 11, 29, tzinfo=UTC)
DELIVERIES = st.lists(
    st.tuples(
        st.sampled_from(["v-1", "v-2", "v-3"]),
        st.integers(1, 3),
        st.sampled_from(["a", "b"]),
        st.integers(1, 3),
        st.integers(0, 2).map(lambda hours: BEGIN + timedelta(hours=hours)),
    ),
    max_size=8,
    unique_by=lambda row: row[2:4],  # a line of a file is one record
)


def rows(frame):
    return sorted(
        (row["visit_id"], row["seconds"], row["source_id"], row["source_line"])
        for row in frame.collect()
    )


def by_the_view(found):
    """Ask the view of the lake, which is SQL of another engine."""
    (visits,) = (dataset for dataset in datasets() if dataset.name == "retail_visits")
    with duckdb.connect() as con:
        columns = ", ".join(f'"{name}" VARCHAR' for name in visits.view_types)
        con.execute(f"CREATE TABLE {visits.records} ({columns})")
        for visit, seconds, source, line, arrived in found:
            con.execute(
                f"INSERT INTO {visits.records} (visit_id, seconds, source_id, source_line, "
                "arrived_at) VALUES (?, ?, ?, ?, ?)",
                [visit, seconds, source, line, arrived],
            )
        kept = con.execute(
            f"SELECT visit_id, seconds, source_id, source_line FROM ({visits.view_sql}\n)"
        ).fetchall()
    return sorted((i, int(n), source, int(line)) for i, n, source, line in kept)


# A failure is told as it was found: to make it smaller would ask Spark for minutes.
WITH_SPARK = settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@WITH_SPARK
@given(found=DELIVERIES)
def test_it_is_what_the_view_of_the_modeled_zone_says(delivered, found):
    assert rows(newest(delivered(*found), ["visit_id"])) == by_the_view(found)


@WITH_SPARK
@given(found=DELIVERIES, cut=st.integers(0, 8))
def test_what_came_in_two_parts_in_either_order_is_what_came_at_once(delivered, found, cut):
    whole = rows(newest(delivered(*found), ["visit_id"]))
    for first, second in ((found[:cut], found[cut:]), (found[cut:], found[:cut])):
        table = newest(delivered(*first), ["visit_id"])
        new = changes(newest(delivered(*second), ["visit_id"]), table, ["visit_id"])
        kept = {row[0]: row for row in rows(table)} | {row[0]: row for row in rows(new)}
        assert sorted(kept.values()) == whole


def test_what_the_table_has_is_no_change(delivered):
    table = newest(delivered(("v-1", 1, "a", 1, BEGIN)), ["visit_id"])
    assert rows(changes(table, table, ["visit_id"])) == []
