"""Turning Athena's answers into results: whatever goes wrong with a file is seen."""

import pytest

from demos.retail_demographics.checks import account_of
from demos.retail_demographics.inputs import Day, File
from demos.retail_demographics.results import (
    footfall_of,
    groups_of,
    profile_of,
    rejects_of,
    samples_of,
)

DAY = Day(
    "2026-11-20",
    good=(
        File("harbour/door/1.jpg", b"1", 2, "harbour", "09"),
        File("harbour/door/2.jpg", b"2", 0, "harbour", "10"),
        File("station/aisle/3.jpg", b"3", 1, "station", "09"),
        File("café/door/4.png", b"4", 1),
    ),
    bad=(File("note.jpg", b"", reason="unexpected_key"),),
)
FACE = {
    "face_confidence": "99.1",
    "box_left": "0.1", "box_top": "0.2", "box_width": "0.3", "box_height": "0.4",
    "age_low": "25", "age_high": "35", "gender": "female", "gender_confidence": "97.5",
    "emotion": "happy", "emotion_confidence": "", "smile": "true", "smile_confidence": "88",
    **dict.fromkeys(
        ("eyeglasses", "sunglasses", "beard", "mustache", "eyes_open", "mouth_open",
         "face_occluded"), "",
    ),
}  # fmt: skip


def a_face(key, index):
    return {**FACE, "object_key": key, "face_index": str(index)}


def a_frame(key, faces):
    return {"object_key": key, "faces_in_frame": str(faces)}


def a_group(store, hour, dimension, value, faces, day="2026-11-20"):
    return {
        "day": day, "store": store, "hour": f"{day} {hour}:00:00.000", "dimension": dimension,
        "value": value, "faces": str(faces),
    }  # fmt: skip


@pytest.fixture
def answers():
    return {
        "frames": [
            a_frame("harbour/door/1.jpg", 2),
            a_frame("harbour/door/2.jpg", 0),
            a_frame("station/aisle/3.jpg", 1),
            a_frame("café/door/4.png", 1),
        ],
        "faces": [
            a_face("harbour/door/1.jpg", 0),
            a_face("harbour/door/1.jpg", 1),
            a_face("station/aisle/3.jpg", 0),
            a_face("café/door/4.png", 0),
        ],
        "rejects": [
            {"object_key": "note.jpg", "reason": "unexpected_key", "detail": "", "size_bytes": ""}
        ],
    }


def account(answers):
    return account_of(DAY, answers, dead_letters=0, left_in_bucket=0)


def test_a_day_that_came_out_right_is_counted_right(answers):
    a = account(answers)
    assert (a.frames_sent, a.frames_counted, a.faces_reported, a.faces_in_views) == (4, 4, 4, 4)
    assert (a.bad_files_sent, a.bad_files_rejected, a.frames_unlike_drawing) == (1, 1, 0)
    assert a.frames_lost + a.frames_counted_twice + a.bad_files_missing + a.other_reasons == ()


def test_a_frame_in_no_view_is_lost(answers):
    answers["frames"].pop(0)
    assert account(answers).frames_lost == ("harbour/door/1.jpg",)


def test_a_frame_with_two_rows_is_counted_twice(answers):
    answers["frames"].append(answers["frames"][1])
    a = account(answers)
    assert a.frames_counted_twice == ("harbour/door/2.jpg",)
    assert a.frames_counted == 3


def test_a_face_with_two_rows_is_counted_twice(answers):
    answers["faces"].append(answers["faces"][0])
    a = account(answers)
    assert a.frames_counted_twice == ("harbour/door/1.jpg",)
    assert a.faces_in_views > a.faces_reported


def test_a_bad_file_without_a_reject_is_missing(answers):
    answers["rejects"].clear()
    assert account(answers).bad_files_missing == ("note.jpg",)


def test_a_file_that_was_counted_before_it_was_deleted_is_no_bad_file(answers):
    gone = File("harbour/door/gone.jpg", b"", reason="gone")
    day = Day(DAY.date, DAY.good, (*DAY.bad, gone))
    a = account_of(day, answers, dead_letters=0, left_in_bucket=0)
    assert a.bad_files_missing == (gone.key,)
    answers["frames"].append(a_frame(gone.key, 0))
    a = account_of(day, answers, dead_letters=0, left_in_bucket=0)
    assert (a.bad_files_sent, a.bad_files_missing) == (1, ())


def test_a_good_file_that_was_rejected_is_seen(answers):
    answers["rejects"].append({**answers["rejects"][0], "object_key": "harbour/door/2.jpg"})
    assert account(answers).good_files_rejected == ("harbour/door/2.jpg",)


def test_a_reject_for_another_reason_is_seen(answers):
    answers["rejects"][0]["reason"] = "gone"
    assert account(answers).other_reasons == ("'note.jpg' is gone, not unexpected_key",)


def test_what_the_detector_saw_otherwise_than_drawn_is_told_apart(answers):
    answers["frames"][0]["faces_in_frame"] = "1"
    assert account(answers).frames_unlike_drawing == 1


def test_an_hour_that_the_view_leaves_out_is_withheld_and_a_zero_is_not():
    rows = [
        a_group("harbour", "09", "all", "all", 7),
        a_group("harbour", "10", "all", "all", 0),
        a_group("station", "09", "all", "all", 9, day="2026-11-21"),
    ]
    day = Day(DAY.date, DAY.good, DAY.bad)
    found = {(row.store, row.hour): row.faces for row in footfall_of(day, rows)}
    assert found == {("harbour", "09"): 7, ("harbour", "10"): 0, ("station", "09"): None}


def test_groups_are_summed_over_the_day_and_other_stores_left_out():
    rows = [
        a_group("harbour", "09", "emotion", "happy", 5),
        a_group("harbour", "10", "emotion", "happy", 6),
        a_group("harbour", "10", "emotion", "withheld", 5),
        a_group("café", "10", "emotion", "happy", 9),
        a_group("harbour", "10", "all", "all", 11),
        a_group("harbour", "10", "emotion", "happy", 50, day="2026-11-21"),
    ]
    found = [(g.store, g.dimension, g.value, g.faces) for g in groups_of(DAY, rows)]
    assert found == [("harbour", "emotion", "happy", 11), ("harbour", "emotion", "withheld", 5)]


def test_the_profile_is_ordered_by_threshold_as_a_number():
    rows = [
        {"attribute": "smile", "threshold": str(t), "faces": "1", "share": "0.5"}
        for t in (90, 10, 0)
    ]
    assert [kept.threshold for kept in profile_of(rows)] == [0, 10, 90]


def test_a_reject_without_a_size_has_none():
    (reject,) = rejects_of([{"object_key": "a", "reason": "gone", "detail": "", "size_bytes": ""}])
    assert reject.size_bytes == 0


def test_a_frame_of_each_camera_is_shown_with_its_faces(answers):
    first, second = samples_of(DAY, answers["faces"])
    assert (first.key.name, len(first.spots)) == ("harbour/door/1.jpg", 2)
    assert (second.key.name, second.media_type) == ("station/aisle/3.jpg", "image/jpeg")
    said = {name: (value, sure) for name, value, sure in first.spots[0].facts}
    assert said["age"] == ("25 to 35", None)
    assert said["smile"] == ("true", 88.0)
    assert said["emotion"] == ("happy", None)
    assert "beard" not in said


def test_a_frame_that_the_detector_saw_otherwise_than_drawn_is_not_shown(answers):
    assert [f.key.name for f in samples_of(DAY, answers["faces"][1:])] == ["station/aisle/3.jpg"]
