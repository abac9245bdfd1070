"""What the views answer, over files that the function itself writes, and who judges their SQL."""

import datetime as dt
import json
from collections import Counter
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from retail_demographics.csv_objects import (
    DETECTION_COLUMNS,
    REJECT_COLUMNS,
    detection_objects,
    reject_objects,
)
from retail_demographics.detections import analysis_of
from retail_demographics.rejects import Reason, Reject
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.statements import run
from stacks.retail_demographics.columns import DETECTIONS, REJECTS, VIEWS
from stacks.retail_demographics.settings import RetailDemographics
from stacks.retail_demographics.sql import sql_files
from stacks.settings import load_settings
from testing.shelf import Shelf
from testing.templates import without_hashes

STACK = "RetailDemographics"
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NOW = NOON + dt.timedelta(hours=2)
WEEK = dt.timedelta(days=7)
K = 5
SQL = sql_files(load_settings().of(RetailDemographics))


def _face(**changes):
    usual = {
        "Confidence": 99.0,
        "BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4},
        "AgeRange": {"Low": 25, "High": 35},
        "Gender": {"Value": "Female", "Confidence": 98.0},
        "Emotions": [{"Type": "HAPPY", "Confidence": 95.0}, {"Type": "CALM", "Confidence": 3.0}],
        "Smile": {"Value": True, "Confidence": 97.0},
        "Pose": {"Roll": -1.5, "Yaw": 2.0, "Pitch": 1e-05},
        "Quality": {"Brightness": 80.5, "Sharpness": 90.0},
    }
    return {**usual, **changes}


@pytest.fixture
def shelf(template):
    return Shelf(template(STACK))


@pytest.fixture
def deliver(shelf, make_frame):
    """Analyse frames as the function does, and put down the objects that it would write."""

    def write(*frames, minutes=5):
        analyses = [analysis_of(make_frame(key, event_time=at), faces) for key, at, faces in frames]
        done = NOON + dt.timedelta(minutes=minutes)
        for thing in detection_objects(analyses, done, WEEK):
            shelf.objects[thing.key] = thing.body

    return write


def _rows(shelf, sql, *parameters):
    session = Session(shelf, shelf, "retaildemographics", now=lambda: NOW)
    result = run(session, sql, parameters)
    names = [name for name, _ in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows]


@pytest.fixture
def ask(shelf):
    """Ask the engine that stands for Athena; rows come as dictionaries of text."""
    return lambda sql, *parameters: _rows(shelf, sql, *parameters)


def test_the_columns_declared_here_are_those_that_the_function_writes():
    assert DETECTIONS == DETECTION_COLUMNS
    assert REJECTS == REJECT_COLUMNS


def test_a_face_comes_back_typed_and_decoded(deliver, ask):
    deliver(("caf\u00e9 +1%/=door/T.jpg", NOON, [_face()]))
    (face,) = ask("SELECT * FROM faces")
    assert face["store"] == "caf\u00e9 +1%"
    assert face["camera"] == "=door"
    assert face["object_key"] == "caf\u00e9 +1%/=door/T.jpg"
    assert face["captured_at"] == "2026-03-01 12:00:00.000"
    assert (face["age_low"], face["age_high"]) == ("25", "35")
    assert (face["gender"], face["emotion"], face["smile"]) == ("female", "happy", "true")
    assert float(face["pose_pitch"]) == 1e-05
    assert face["eyeglasses"] is None
    assert face["eye_direction_yaw"] is None


def test_a_frame_analysed_twice_counts_once(deliver, ask):
    twice = ("paris/door/a.jpg", NOON, [_face(), _face()])
    deliver(twice, minutes=5)
    # Redelivered in another batch, so in another object, and seen a little differently.
    deliver(
        ("paris/door/a.jpg", NOON, [_face(), _face(), _face()]),
        ("paris/door/b.jpg", NOON, []),
        minutes=9,
    )
    assert len(ask("SELECT * FROM detections")) == 6
    assert len(ask("SELECT * FROM faces")) == 2
    frames = ask("SELECT object_key, faces_in_frame FROM frames ORDER BY 1")
    assert [f["faces_in_frame"] for f in frames] == ["2", "0"]


def test_two_analyses_at_the_same_moment_do_not_add_up(deliver, ask):
    deliver(("paris/door/a.jpg", NOON, [_face()]))
    deliver(("paris/door/a.jpg", NOON, [_face()]), ("paris/door/b.jpg", NOON, []))
    assert len(ask("SELECT * FROM faces")) == 1


def test_a_frame_without_a_face_is_a_frame_and_no_face(deliver, ask):
    deliver(("paris/door/a.jpg", NOON, []))
    assert ask("SELECT * FROM faces") == []
    (row,) = ask("SELECT * FROM demographics_by_store_hour")
    assert (row["dimension"], row["frames"], row["faces"]) == ("all", "1", "0")
    assert row["share"] is None


def test_an_attribute_below_its_threshold_is_null_and_the_face_stays(deliver, ask):
    unsure = _face(
        Gender={"Value": "Male", "Confidence": 89.9},
        Smile={"Value": True, "Confidence": 90.0},
        Emotions=[{"Type": "SAD", "Confidence": 79.0}],
    )
    deliver(("paris/door/a.jpg", NOON, [unsure]))
    (face,) = ask("SELECT * FROM demographics")
    assert (face["gender"], face["emotion"]) == (None, None)
    assert face["smile"] == "true"
    assert face["age_band"] == "young adult"


def test_ages_of_a_doubtful_face_are_null(deliver, ask):
    deliver(("paris/door/a.jpg", NOON, [_face(Confidence=85.0)]))
    (face,) = ask("SELECT age_low, age_high, age_band FROM demographics")
    assert set(face.values()) == {None}


@pytest.mark.parametrize(
    ("low", "high", "band"),
    [
        (0, 3, "child"),
        (10, 15, "child"),
        (10, 16, "teen"),
        (13, 26, "teen"),
        (13, 27, "young adult"),
        (34, 36, "adult"),
        (60, 70, "senior"),
    ],
)
def test_a_face_is_in_the_band_that_holds_the_middle_of_its_range(deliver, ask, low, high, band):
    deliver(("paris/door/a.jpg", NOON, [_face(AgeRange={"Low": low, "High": high})]))
    (face,) = ask("SELECT age_band FROM demographics")
    assert face["age_band"] == band


def _crowd(*emotions):
    return [_face(Emotions=[{"Type": e, "Confidence": 95.0}]) for e in emotions]


def _by_value(rows, dimension):
    return {r["value"]: int(r["faces"]) for r in rows if r["dimension"] == dimension}


HOURLY = "SELECT * FROM demographics_by_store_hour"


def test_a_small_group_takes_the_next_smallest_with_it(deliver, ask):
    crowd = _crowd(*["HAPPY"] * 9, *["CALM"] * 6, "SAD")
    deliver(("paris/door/a.jpg", NOON, crowd))
    rows = ask(HOURLY)
    # Told alone, 'withheld' would be 16 - 9 - 6 = 1: so the six are withheld with it.
    assert _by_value(rows, "emotion") == {"happy": 9, "withheld": 7}
    assert _by_value(rows, "all") == {"all": 16}
    assert _by_value(rows, "gender") == {"female": 16}


def test_several_small_groups_hide_one_another(deliver, ask):
    crowd = _crowd(*["HAPPY"] * 6, *["CALM"] * 4, *["SAD"] * 3)
    deliver(("paris/door/a.jpg", NOON, crowd))
    assert _by_value(ask(HOURLY), "emotion") == {"happy": 6, "withheld": 7}


def test_an_hour_with_too_few_faces_is_left_out(deliver, ask):
    deliver(("paris/door/a.jpg", NOON, _crowd(*["HAPPY"] * 4)))
    assert ask(HOURLY) == []


def test_faces_that_are_not_sure_enough_are_a_group_like_others(deliver, ask):
    unsure = [_face(Gender={"Value": "Male", "Confidence": 60.0})] * 6
    deliver(("paris/door/a.jpg", NOON, [_face()] * 5 + unsure))
    assert _by_value(ask(HOURLY), "gender") == {"female": 5, "unknown": 6}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["HAPPY", "CALM", "SAD", "ANGRY", "FEAR"]), max_size=24))
def test_no_group_of_one_to_four_can_be_told_or_worked_out(template, emotions):
    from retail_demographics.frames import Frame

    shelf = Shelf(template(STACK))
    frame = Frame("frames", "paris/door/a.jpg", "v1", "e", "0A", 9, NOON)
    for thing in detection_objects([analysis_of(frame, _crowd(*emotions))], NOON, WEEK):
        shelf.objects[thing.key] = thing.body
    rows = _rows(shelf, "SELECT dimension, value, faces FROM demographics_by_store_hour")
    told = {(row["dimension"], row["value"]): int(row["faces"]) for row in rows}

    assert all(faces == 0 or faces >= K for faces in told.values())
    moods = {value: faces for (dimension, value), faces in told.items() if dimension == "emotion"}
    if len(emotions) >= K:
        assert told["all", "all"] == sum(moods.values()) == len(emotions)
        truth = Counter(mood.lower() for mood in emotions)
        hidden = {mood: n for mood, n in truth.items() if mood not in moods}
        # What is withheld is one sum of at least k over at least two groups: neither can be told.
        assert not hidden or (len(hidden) >= 2 and sum(hidden.values()) >= K)
        assert all(moods[mood] == n for mood, n in truth.items() if mood in moods)
    else:
        assert told == ({} if emotions else {("all", "all"): 0})


def test_shares_of_a_dimension_add_up(deliver, ask):
    deliver(("paris/door/a.jpg", NOON, _crowd(*["HAPPY"] * 9, *["CALM"] * 6, "SAD")))
    shares = [float(r["share"]) for r in ask(HOURLY) if r["dimension"] == "emotion"]
    assert sum(shares) == pytest.approx(1)


def test_the_confidence_profile_counts_faces_at_and_above_each_threshold(deliver, ask):
    deliver(("paris/door/a.jpg", NOON, [_face(), _face(Gender={})]))
    rows = {(r["attribute"], r["threshold"]): r for r in ask("SELECT * FROM confidence_profile")}
    assert len(rows) == 12 * 12
    assert (rows["gender", "95"]["faces"], rows["gender", "95"]["share"]) == ("1", "0.5")
    assert rows["gender", "99"]["faces"] == "0"
    assert rows["age", "99"]["faces"] == "2"


def test_a_rejected_frame_is_told_once_with_its_reason(shelf, ask, make_frame):
    reject = Reject(make_frame("loose.jpg", size_bytes=3), Reason.UNEXPECTED_KEY, 'a "b", 5 % +')
    other = Reject(make_frame("paris/door/x.txt"), Reason.NOT_AN_IMAGE, "no")
    for minutes, rejects in ((1, [reject]), (2, [reject, other])):
        for thing in reject_objects(rejects, NOON + dt.timedelta(minutes=minutes)):
            shelf.objects[thing.key] = thing.body
    rows = ask("SELECT * FROM rejected_frames ORDER BY object_key")
    assert [(r["store"], r["reason"]) for r in rows] == [
        (None, "unexpected_key"),
        ("paris", "not_an_image"),
    ]
    assert (rows[0]["detail"], rows[0]["size_bytes"]) == ('a "b", 5 % +', "3")


DAYS = [NOON - dt.timedelta(days=back) for back in range(3)]


@pytest.mark.parametrize("view", ["faces", "frames", "demographics", "demographics_by_store_hour"])
def test_a_filter_on_day_reads_only_that_days_files(deliver, ask, shelf, view):
    deliver(*((f"paris/door/{day:%d}.jpg", day, [_face()] * 6) for day in DAYS))
    assert ask(f"SELECT * FROM {view} WHERE day = '2026-03-01'")
    assert shelf.read_keys
    assert {key.split("/")[1] for key in shelf.read_keys} == {"day=2026-03-01"}


def _on_that_day(sql):
    return sql.replace("current_date", "DATE '2026-03-01'")


def test_a_query_for_one_store_reads_only_its_files(deliver, ask, shelf):
    deliver(*((f"{store}/door/a.jpg", NOON, [_face()] * 6) for store in ("paris", "rome")))
    sql = SQL.queries()["one_store_by_day"]
    (row,) = ask(_on_that_day(sql), "'rome'")
    assert (row["day"], row["frames"], row["faces"]) == ("2026-03-01", "1", "6")
    assert {key.split("/")[2] for key in shelf.read_keys} == {"store=rome"}


def test_one_store_must_be_named(deliver, ask):
    deliver(("paris/door/a.jpg", NOON, [_face()]))
    with pytest.raises(AthenaError, match="store_name"):
        ask("SELECT * FROM detections_of_store")


@pytest.mark.parametrize("name", sorted(SQL.queries()))
def test_every_saved_query_answers(deliver, ask, template, name):
    deliver(*((f"paris/door/{n}.jpg", NOON, [_face()] * 6) for n in range(2)))
    sqls = [
        resource["Properties"]["QueryString"]
        for resource in template(STACK)["Resources"].values()
        if resource["Type"] == "AWS::Athena::NamedQuery" and resource["Properties"]["Name"] == name
    ]
    (sql,) = map(_on_that_day, sqls)
    rows = ask(sql, *["'paris'"] * sql.count("?"))
    assert rows or name == "rejects_by_reason"


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("UTC", "2026-03-01 12:00:00.000"),
        ("Europe/Paris", "2026-03-01 13:00:00.000"),
        ("Asia/Kolkata", "2026-03-01 17:00:00.000"),
        ("America/New_York", "2026-03-01 07:00:00.000"),
    ],
)
def test_hours_are_those_of_the_shops_clock(deliver, ask, zone, hour):
    deliver(("paris/door/a.jpg", NOON, [_face()]))
    settings_ = load_settings(None, {"retail_demographics.time_zone": zone}).of(RetailDemographics)
    inline = sql_files(settings_).view("frames")
    (frame,) = ask(f"SELECT hour FROM ({inline})")
    assert frame["hour"] == hour


CLOCKS_WENT_BACK = dt.datetime(2025, 10, 26, 1, tzinfo=dt.UTC)  # in Paris: 02:00 to 03:00, twice
HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture
def shop_in_paris(variant, make_frame):
    """Ask for the groups of the night in which 02:00 occurs twice, with faces in each of both."""
    template = variant(STACK, overrides={"retail_demographics.time_zone": "Europe/Paris"})

    def ask(first, second):
        shelf = Shelf(json.loads(without_hashes(json.dumps(template))))
        moments = CLOCKS_WENT_BACK - HALF_AN_HOUR, CLOCKS_WENT_BACK + HALF_AN_HOUR
        analyses = [
            analysis_of(make_frame(f"paris/door/{at:%H}.jpg", event_time=at), _crowd(*moods))
            for at, moods in zip(moments, (first, second), strict=True)
        ]
        for thing in detection_objects(analyses, CLOCKS_WENT_BACK, WEEK):
            shelf.objects[thing.key] = thing.body
        return _rows(shelf, f"{HOURLY} WHERE dimension IN ('all', 'emotion')")

    return ask


def test_an_hour_that_occurs_twice_is_two_groups(shop_in_paris):
    rows = shop_in_paris(["HAPPY"] * 6, ["HAPPY"] * 7)
    assert {row["hour"] for row in rows} == {"2025-10-26 02:00:00.000"}
    told = {(row["utc_offset_minutes"], row["value"]): row["faces"] for row in rows}
    assert told == {
        ("120", "all"): "6",
        ("120", "happy"): "6",
        ("60", "all"): "7",
        ("60", "happy"): "7",
    }


def test_neither_of_an_hour_that_occurs_twice_hides_behind_the_other(shop_in_paris):
    assert shop_in_paris(["HAPPY"] * 4, ["HAPPY"] * 4) == []
    rows = shop_in_paris([*["HAPPY"] * 6, *["SAD"] * 3], [*["HAPPY"] * 6, *["SAD"] * 3])
    groups = [(r["utc_offset_minutes"], r["value"], r["faces"], r["frames"]) for r in rows]
    # Three and three who are sad would be six in one group: each three are withheld, and the six
    # happy ones with them, as the total would give the three away.
    assert sorted(groups) == [
        (offset, value, "9", "1") for offset in ("120", "60") for value in ("all", "withheld")
    ]


@pytest.mark.parametrize(
    ("zone", "change", "hour", "offsets"),
    [
        ("America/New_York", "2025-11-02T06:00Z", "2025-11-02 01:00:00.000", ("-240", "-300")),
        # By half an hour: the hour from 01:00 lasts an hour and a half.
        ("Australia/Lord_Howe", "2025-04-05T15:00Z", "2025-04-06 01:00:00.000", ("660", "630")),
    ],
)
def test_hours_are_told_apart_by_their_offset_from_utc(deliver, ask, zone, change, hour, offsets):
    moment, apart = dt.datetime.fromisoformat(change), dt.timedelta(minutes=15)
    deliver(*((f"s/c/{at:%H}.jpg", at, [_face()]) for at in (moment - apart, moment + apart)))
    settings_ = load_settings(None, {"retail_demographics.time_zone": zone}).of(RetailDemographics)
    for view in ("frames", "faces"):
        inline = sql_files(settings_).view(view)
        rows = ask(f"SELECT hour, utc_offset_minutes FROM ({inline}) ORDER BY captured_at")
        assert [row["hour"] for row in rows] == [hour, hour]
        assert tuple(row["utc_offset_minutes"] for row in rows) == offsets


TYPES = {
    "varchar": exp.DataType.Type.VARCHAR,
    "integer": exp.DataType.Type.INT,
    "bigint": exp.DataType.Type.BIGINT,
    "double": exp.DataType.Type.DOUBLE,
    "boolean": exp.DataType.Type.BOOLEAN,
    "timestamp(3)": exp.DataType.Type.TIMESTAMP,
}


def test_a_second_judge_finds_the_same_types():
    """Sqlglot, with the declared types of what each view reads, agrees on what it can tell."""
    schema: dict[str, Any] = {
        "detections": dict.fromkeys(("day", *DETECTIONS), "varchar"),
        "rejects": dict.fromkeys(("day", *REJECTS), "varchar"),
        **VIEWS,
    }
    told = 0
    for name, declared in VIEWS.items():
        parsed = sqlglot.parse_one(SQL.view(name), read="athena")
        tree = qualify(parsed, schema=schema, dialect="athena")
        judged: Any = annotate_types(tree, schema=schema, dialect="athena")
        columns = judged.selects
        assert [column.alias_or_name for column in columns] == list(declared)
        for column, kind in zip(columns, declared.values(), strict=True):
            if column.type and column.type.this != exp.DataType.Type.UNKNOWN:
                told += 1
                assert column.type.this == TYPES[kind], f"{name}.{column.alias_or_name}"
    assert told > 0.8 * sum(map(len, VIEWS.values()))
