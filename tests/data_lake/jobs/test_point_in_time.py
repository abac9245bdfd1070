"""A visit's features say what was known at its moment, and nothing that came to be known later."""

from datetime import timedelta
from random import Random

import pytest
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

from data_lake import known_history, labelled_visits, training_rows
from data_lake.training_rows import Rules, examples
from data_lake.training_table import FEATURES
from testing.shop_weeks import Weeks, history, made_up, tampered

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
RULES = Rules(window_days=6, label_minutes=90, validation_percent=20, test_percent=20)
NOT_FITTED = [name for name in FEATURES if not name.endswith("_code")]


def features(enhanced, *several):
    """Compute the features of several weeks at once, by the id of each visit."""
    whole = Weeks(
        [visit for weeks in several for visit in weeks.visits],
        [purchase for weeks in several for purchase in weeks.purchases],
        [face for weeks in several for face in weeks.faces],
    )
    visits, purchases, faces = enhanced(whole.visits, whole.purchases, whole.faces)
    found = examples(visits, purchases, faces, RULES)
    return {row["visit_id"]: row.asDict() for row in found.collect()}


def moved(enhanced, seed, visits=40, each=2):
    """Name the visits and features that change with what came to be known later.

    Many weeks are told to Spark at once, each of shops of its own: the first as they were, and one
    for each visit that is looked at, with everything changed that may not show in it.
    """
    random = Random(seed)  # noqa: S311 (made-up data)
    weeks, names = made_up(random, visits), [f"v-{n}" for n in range(visits)] * each
    others = [tampered(random, weeks, name).named(f"{n}/") for n, name in enumerate(names)]
    found = features(enhanced, weeks, *others)
    return {
        (name, feature)
        for n, name in enumerate(names)
        for feature in NOT_FITTED
        if found[name][feature] != found[f"{n}/{name}"][feature]
    }


def test_nothing_that_came_to_be_known_later_moves_a_feature(enhanced, both_ways):
    assert moved(enhanced, 1) == set()


def by_its_own_time(column):
    return F.unix_micros(column)


def a_moment_sooner(column):
    return KNOWN(column) - 1


def with_own_receipts(receipts, window):
    return OWN_RECEIPTS(receipts.limit(0), window)


def with_the_answer(*told):
    return WITH_HISTORY(*told).withColumn("zones", F.expr("int(purchased)"))


def with_the_average_of_all(visits, receipts, faces, window):
    mean = receipts.groupBy("store").agg(F.avg("cents").alias("mean"))
    found = WITH_HISTORY(visits, receipts, faces, window).join(mean, "store", "left")
    return found.withColumn("store_mean_amount", F.col("mean"))


def with_faces_a_moment_sooner(visits, receipts, faces, window):
    return WITH_HISTORY(visits, receipts, faces.withColumn("known", F.col("known") - 1), window)


KNOWN, WITH_HISTORY = labelled_visits.known, known_history.with_history
OWN_RECEIPTS = known_history.own_receipts


@pytest.mark.parametrize(
    ("module", "name", "leak"),
    [
        (known_history, "known", by_its_own_time),
        (labelled_visits, "known", by_its_own_time),
        (labelled_visits, "known", a_moment_sooner),
        (known_history, "own_receipts", with_own_receipts),
        (training_rows, "with_history", with_the_answer),
        (training_rows, "with_history", with_the_average_of_all),
        (training_rows, "with_history", with_faces_a_moment_sooner),
    ],
)
def test_a_feature_that_leaks_is_found(enhanced, monkeypatch, module, name, leak):
    monkeypatch.setattr(module, name, leak)
    assert moved(enhanced, 1, each=1)


def test_what_was_known_is_told_record_by_record(enhanced, both_ways):
    weeks = made_up(Random(3), 120)  # noqa: S311 (made-up data)
    weeks.visits.append({**weeks.visits[0], "visit_id": "alone", "store": "z", "visitor": "z"})
    found = features(enhanced, weeks)
    for visit in weeks.visits:
        told = found[visit["visit_id"]]
        for name, value in history(weeks, visit, timedelta(days=RULES.window_days)).items():
            wanted = value if value is None else pytest.approx(value, abs=0.0051)
            assert told[name] == wanted, (visit, name)
    assert {told["visitor_receipts"] for told in found.values()} > {0, 1}
    assert {told["store_faces"] for told in found.values()} > {0}
    assert {told["store_senior_share"] is None for told in found.values()} == {True, False}
    assert found["alone"]["store_visits"] == 0
    assert found["alone"]["store_receipts_per_visit"] is None  # and nothing was divided by 0
