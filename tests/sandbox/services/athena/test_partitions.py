"""Partitions: computed or registered, and only those that a query can see are read."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DAYS = ("2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")
STORES = ("paris", "rome")
PROJECTION = {
    "projection__enabled": "true",
    "projection__day__type": "date",
    "projection__day__format": "yyyy-MM-dd",
    "projection__day__range": "NOW-30DAYS,NOW+2DAYS",
}


@pytest.fixture
def visits(shelf):
    """Visits by day and store; two tables over the same objects."""
    columns = {"visitor": "string", "at": "string"}
    where = "s3://lake/visits/day=${day}"
    shelf.add(
        "visits", columns, keys={"day": "string"}, storage__location__template=where, **PROJECTION
    )
    shelf.add(
        "visits_of_store",
        columns,
        keys={"day": "string", "shop": "string"},
        location="s3://lake/visits/",
        projection__shop__type="injected",
        storage__location__template=where + "/store=${shop}/",
        **PROJECTION,
    )
    for day in (*DAYS, "2020-01-01", "not-a-day"):
        for store in STORES:
            shelf.put(
                f"s3://lake/visits/day={day}/store={store}/x.csv",
                f"{store}-1,09:00\n{store}-1,10:00\n",
            )
    latest = (
        "SELECT day, visitor, at FROM (SELECT *, rank() OVER (PARTITION BY day, visitor "
        "ORDER BY at) AS place FROM visits) WHERE place = 1"
    )
    shelf.add_view(
        "first_visits", latest, {"day": "varchar", "visitor": "varchar", "at": "varchar"}
    )
    counted = "SELECT day, count(*) AS n FROM first_visits GROUP BY day"
    shelf.add_view("daily", counted, {"day": "varchar", "n": "bigint"})
    return shelf


def read_days(shelf):
    return sorted({key.split("day=")[1][:10] for key in shelf.read_keys})


def test_values_outside_the_projected_range_are_invisible(visits, ask):
    assert ask("SELECT DISTINCT day FROM visits ORDER BY day") == [[day] for day in DAYS]
    assert ask("SELECT count(*) FROM visits WHERE day = '2020-01-01'") == [["0"]]


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        ("day = '2026-11-19'", ["2026-11-19"]),
        ("day >= '2026-11-19'", ["2026-11-19", "2026-11-20"]),
        ("day IN ('2026-11-17', '2026-11-20')", ["2026-11-17", "2026-11-20"]),
        ("day BETWEEN '2026-11-18' AND '2026-11-19'", ["2026-11-18", "2026-11-19"]),
        ("day = '2026-11-19' OR day = '2026-11-20'", ["2026-11-19", "2026-11-20"]),
        ("day LIKE '2026-11-2%'", ["2026-11-20"]),
        ("day >= date_format(TIMESTAMP '2026-11-20 00:00:00', '%Y-%m-%d')", ["2026-11-20"]),
        ("day >= CAST(DATE '2026-11-21' - INTERVAL '1' DAY AS varchar)", ["2026-11-20"]),
        ("visitor = 'paris-1'", list(DAYS)),
        ("day = '2026-11-19' OR visitor = 'paris-1'", list(DAYS)),
    ],
)
@pytest.mark.parametrize("source", ["visits", "first_visits"])
def test_a_filter_on_the_partition_reaches_the_objects_also_through_a_window(
    visits, ask, source, condition, days
):
    assert ask(" ".join(["SELECT * FROM", source, "WHERE", condition]))
    assert read_days(visits) == days


def test_a_filter_reaches_the_objects_through_views_of_views(visits, ask):
    assert ask("SELECT n FROM daily WHERE day = '2026-11-18'") == [["2"]]
    assert read_days(visits) == ["2026-11-18"]


UNNESTED = "SELECT day, t.part FROM visits CROSS JOIN UNNEST(split(visitor, '-')) AS t (part)"
FILTERED = (
    "SELECT day, filter(split(visitor, '-'), x -> x <> t.part) AS others FROM visits "
    "CROSS JOIN UNNEST(split(visitor, '-')) AS t (part)"
)


@pytest.mark.parametrize("inner", [UNNESTED, FILTERED])
def test_a_filter_reaches_the_objects_through_a_list_that_is_laid_out(visits, ask, inner):
    assert ask(f"SELECT * FROM ({inner}) WHERE day = '2026-11-18'")
    assert read_days(visits) == ["2026-11-18"]


def test_a_filter_on_one_layout_is_none_on_another(visits, ask):
    query = f"SELECT count(*) FROM ({FILTERED}) a, ({FILTERED}) b WHERE a.day = '2026-11-18'"
    assert ask(query) == [[str(8 * 32)]]
    assert read_days(visits) == list(DAYS)


def test_every_use_of_a_table_counts_when_it_is_pruned(visits, ask):
    query = "SELECT a.n, b.n FROM daily a CROSS JOIN daily b WHERE a.day = '{}' AND b.day = '{}'"
    assert ask(query.format(DAYS[0], DAYS[2])) == [["2", "2"]]
    assert read_days(visits) == [DAYS[0], DAYS[2]]


def test_a_limit_or_an_aggregate_without_a_key_is_not_filtered_below(visits, ask):
    query = "SELECT * FROM (SELECT max(day) AS day FROM visits) WHERE day = '2026-11-18'"
    assert ask(query) == []
    assert read_days(visits) == list(DAYS)


def test_a_location_is_listed_once(visits, ask):
    ask("SELECT a.n FROM daily a JOIN daily b ON a.day = b.day")
    assert visits.listed == ["visits/day="]


@given(
    st.lists(st.sampled_from(DAYS), min_size=1, max_size=3), st.sampled_from(["<", ">=", "=", "<>"])
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pruning_never_changes_an_answer(visits, ask, days, operator):
    tests = " OR ".join(f"day {operator} '{day}'" for day in days)
    # concat() of the key hides it from the filters that prune.
    hidden = tests.replace("day ", "lower(concat(day, substr(visitor, 1, 0))) ")
    query = "SELECT day, visitor, at FROM first_visits WHERE {} ORDER BY 1, 2"
    assert ask(query.format(tests)) == ask(query.format(hidden))


INJECTED = "For the injected projected partition column shop, the WHERE clause must contain only"


@pytest.mark.parametrize(
    "where",
    [
        "",
        "WHERE shop > 'a'",
        "WHERE day = '2026-11-19'",
        "WHERE shop = 'rome' OR day = '2026-11-19'",
    ],
)
def test_an_injected_key_needs_a_static_value(visits, refusal, where):
    message = refusal(" ".join(["SELECT count(*) FROM visits_of_store", where]))
    assert message.startswith(f"CONSTRAINT_VIOLATION: {INJECTED}")


def test_an_injected_value_reads_its_own_objects_only(visits, ask):
    assert ask(
        "SELECT count(*) FROM visits_of_store WHERE shop = 'rome' AND day = '2026-11-19'"
    ) == [["2"]]
    assert visits.read_keys == ["visits/day=2026-11-19/store=rome/x.csv"]
    assert ask("SELECT count(*) FROM visits_of_store WHERE shop IN ('rome', 'paris')") == [["16"]]


def test_an_injected_value_may_hold_any_character(visits, ask):
    visits.put("s3://lake/visits/day=2026-11-20/store=it's (new) 100%/x.csv", "a,1\n")
    assert ask("SELECT visitor, shop FROM visits_of_store WHERE shop = 'it''s (new) 100%'") == [
        ["a", "it's (new) 100%"]
    ]


def test_enum_and_integer_projection(shelf, ask):
    shelf.add(
        "points",
        {"v": "string"},
        keys={"zone": "string", "n": "int"},
        projection__enabled="true",
        projection__zone__type="enum",
        projection__zone__values="north,south",
        projection__n__type="integer",
        projection__n__range="1,9",
        projection__n__interval="2",
        projection__n__digits="2",
    )
    for zone in ("north", "east"):
        for n in ("01", "02", "3", "11"):
            shelf.put(f"s3://lake/points/zone={zone}/n={n}/x.csv", "v\n")
    assert ask("SELECT zone, n FROM points") == [["north", "1"]]


def test_a_projection_that_lacks_a_property_is_refused(shelf, refusal):
    shelf.add(
        "t",
        {"a": "string"},
        keys={"k": "string"},
        projection__enabled="true",
        projection__k__type="integer",
    )
    assert "Missing required property: 'projection.k.range'" in refusal("SELECT * FROM t")


def test_without_projection_only_registered_partitions_are_seen(shelf, ask):
    shelf.add("sales", {"n": "string"}, keys={"day": "string"})
    for day in DAYS[:2]:
        shelf.put(f"s3://lake/sales/day={day}/x.csv", "1\n")
    shelf.put("s3://lake/elsewhere/x.csv", "9\n")
    assert ask("SELECT count(*) FROM sales") == [["0"]]
    ask(f"ALTER TABLE sales ADD IF NOT EXISTS PARTITION (day = '{DAYS[0]}')")
    assert ask("SELECT day FROM sales") == [[DAYS[0]]]
    ask("MSCK REPAIR TABLE sales")
    ask("ALTER TABLE sales ADD PARTITION (day = 'odd') LOCATION 's3://lake/elsewhere/'")
    assert ask("SHOW PARTITIONS sales") == [[f"day={day}"] for day in (*DAYS[:2], "odd")]
    assert ask("SELECT n FROM sales WHERE day = 'odd'") == [["9"]]
    ask("ALTER TABLE sales DROP PARTITION (day = 'odd')")
    assert ask("SELECT count(*) FROM sales") == [["2"]]


def test_what_was_read_is_counted_and_limited(visits, session, ask, refusal):
    ask("SELECT * FROM visits WHERE day = '2026-11-19'")
    assert session.scanned == sum(len(visits.objects["lake", key]) for key in visits.read_keys)
    session.cutoff = session.scanned - 1
    assert "Bytes scanned limit was exceeded" in refusal(
        "SELECT * FROM visits WHERE day = '2026-11-19'"
    )
