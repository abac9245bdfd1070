"""Rows of training: their labels, their place in time, and what is fitted on the training split."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cached_property
from statistics import median

import pytest

from data_lake.content_hash import content_hash, parts
from data_lake.labelled_visits import known_until
from data_lake.training_rows import Rules, examples, training_rows
from data_lake.training_table import COLUMNS
from testing.shop_weeks import made_up, moment

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
RULES = Rules(window_days=6, label_minutes=90, validation_percent=20, test_percent=20)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of the rows below, on any machine and version of Spark.
NAME = "b107982a12d5"
WITHIN = timedelta(minutes=RULES.label_minutes)


class Made:
    """What the job would write of some weeks."""

    def __init__(self, visits, purchases, faces, as_of=None):
        if as_of is None:
            (as_of,) = known_until(visits, purchases).head()
        self.made = training_rows(examples(visits, purchases, faces, RULES).persist(), as_of, RULES)
        self.made.rows.persist()
        self.rows = [row.asDict() for row in self.made.rows.collect()]

    @cached_property
    def name(self):
        """Name the content."""
        hashes = [tuple(row) for row in parts(self.made.rows, COLUMNS).collect()]
        return content_hash(COLUMNS, hashes)

    def of(self, *splits):
        """Give the rows of some splits."""
        return [row for row in self.rows if row["split"] in splits]


@pytest.fixture(scope="module")
def weeks():
    return made_up(random.Random(5), 150)  # noqa: S311 (made-up data)


@pytest.fixture(scope="module")
def whole(spark, enhanced, weeks):
    """Give what is made of the weeks, once for either way of Spark to compute."""
    known = {}

    def make():
        way = spark.conf.get("spark.sql.ansi.enabled")
        if way not in known:
            known[way] = Made(*enhanced(weeks.visits, weeks.purchases, weeks.faces))
        return known[way]

    return make


def test_rows_follow_in_time_and_no_label_is_of_the_next_splits_time(whole, weeks, both_ways):
    made = whole()
    ends = {visit["visit_id"]: moment(visit) for visit in weeks.visits}
    train, validation, test = (
        [ends[row["visit_id"]] for row in made.of(split)]
        for split in ("train", "validation", "test")
    )
    assert min(map(len, (train, validation, test))) > 10
    # All are there whose label is known, but for those that reach over a boundary.
    until = min(
        max(each["arrived_at"] for each in records) for records in (weeks.visits, weeks.purchases)
    )
    known = [end for end in ends.values() if end + WITHIN <= until]
    split = (made.made.split.validation_from, made.made.split.test_from)
    starts = [EPOCH + timedelta(seconds=at) for at in split if at is not None]
    assert max(train) + WITHIN <= starts[0] <= min(validation)
    assert max(validation) + WITHIN <= starts[1] <= min(test)
    crossing = [end for end in known if any(end < start < end + WITHIN for start in starts)]
    assert (made.made.labelled, len(made.rows)) == (len(known), len(known) - len(crossing))


def test_a_label_says_whether_a_receipt_came_in_time(whole, weeks):
    made = whole()
    by_id = {visit["visit_id"]: visit for visit in weeks.visits}
    in_time = {
        p["visit_id"]
        for p in weeks.purchases
        if (v := by_id[p["visit_id"]])["entered_at"] <= p["paid_at"] < moment(v) + WITHIN
    }
    assert {row["visit_id"] for row in made.rows if row["label"]} == in_time & {
        row["visit_id"] for row in made.rows
    }
    assert 0 < len(in_time) < len(weeks.purchases)


def test_what_is_fitted_moves_with_the_training_split_alone(enhanced, whole, weeks):
    one = whole()
    later = {row["visit_id"] for row in one.of("validation", "test")}

    def retold(visit):
        if visit["visit_id"] not in later:
            return visit
        return {**visit, "temperature": 55.5, "age_band": "senior", "store": "new"}

    changed = [retold(visit) for visit in weeks.visits]
    other = Made(*enhanced(changed, weeks.purchases, weeks.faces))
    assert other.made.fitted == one.made.fitted
    assert {row["store_code"] for row in other.of("validation", "test")} == {0}
    trained = [v for v in weeks.visits if v["visit_id"] in {r["visit_id"] for r in one.of("train")}]
    assert one.made.fitted.fills["temperature"] == pytest.approx(
        median(v["temperature"] for v in trained if v["temperature"] is not None)
    )
    bands = Counter(v["age_band"] for v in trained if v["age_band"])
    assert one.made.fitted.codes["age_band"] == sorted(bands, key=lambda b: (-bands[b], b))
    assert not [row for row in one.rows for name in COLUMNS if row[name] is None]


def test_the_training_split_does_move_it(enhanced, weeks):
    cold = [{**visit, "temperature": -9.5} for visit in weeks.visits]
    made = Made(*enhanced(cold, weeks.purchases))
    assert made.made.fitted.fills["temperature"] == -9.5


def test_the_same_records_in_another_order_and_in_more_parts_have_the_same_name(
    enhanced, whole, weeks, both_ways
):
    one = whole()
    back = [records[::-1] for records in (weeks.visits, weeks.purchases, weeks.faces)]
    visits, purchases, faces = enhanced(*back)
    other = Made(visits.repartition(5), purchases.repartition(3), faces.repartition(4))
    assert other.name == one.name
    assert one.name.startswith(NAME)


def test_another_row_value_or_column_has_another_name(enhanced, whole, weeks):
    one = whole()
    touched = [{**weeks.visits[0], "basket_touches": 77}, *weeks.visits[1:]]
    names = {one.name, Made(*enhanced(touched, weeks.purchases, weeks.faces)).name}
    names |= {
        content_hash(columns, []) for columns in ({"a": "int"}, {"b": "int"}, {"a": "double"})
    }
    assert len(names) == 5


def test_without_records_there_is_nothing_and_that_has_a_name_too(enhanced, both_ways):
    made = Made(*enhanced([], []))
    assert made.rows == []
    assert made.made.fitted.codes == {"store": [], "age_band": []}
    one = made_up(random.Random(6), 1)  # noqa: S311 (made-up data)
    assert Made(*enhanced(one.visits, [])).name == made.name
