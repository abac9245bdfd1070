"""Objects: the same frames give the same names and rows, and any CSV reader gives them back."""

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_demographics.csv_objects import (
    DETECTION_COLUMNS,
    REJECT_COLUMNS,
    batch_id_of,
    detection_objects,
    reject_objects,
)
from retail_demographics.detections import Analysis, analysis_of
from retail_demographics.rejects import Reason, Reject

NOW = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
WEEK = timedelta(days=7)


def rows_of(thing):
    return list(csv.DictReader(io.StringIO(thing.body.decode(), newline="")))


def test_a_frame_with_two_faces_has_two_rows_that_say_where_they_are_from(make_frame, make_face):
    frame = make_frame("paris/door, left/2026-03-01T08:59:58.5Z.jpg")
    (thing,) = detection_objects([analysis_of(frame, [make_face()] * 2)], NOW, WEEK)
    batch_id = batch_id_of([frame.object_id])
    assert thing.key == f"detections/day=2026-03-01/store=paris/{batch_id}.csv"
    assert thing.frame_ids == {frame.object_id}
    first, second = rows_of(thing)
    assert first | {"face_index": "1"} == second
    assert list(first) == list(DETECTION_COLUMNS)
    said = {
        "frame_id": frame.object_id,
        "face_index": "0",
        "faces_in_frame": "2",
        "store": "paris",
        "camera": "door, left",
        "object_key": "paris/door, left/2026-03-01T08:59:58.5Z.jpg",
        "version_id": "v1",
        "sequencer": "0A",
        "captured_at": "2026-03-01 08:59:58.500",
        "captured_at_source": "key",
        "event_time": "2026-03-01 09:00:00.000",
        "analyzed_at": "2026-03-01 09:05:00.000",
        "batch_id": batch_id,
        "gender": "Female",
    }
    assert said.items() <= first.items()


def test_a_frame_with_no_face_leaves_a_row_that_says_so(make_frame):
    (thing,) = detection_objects([Analysis(make_frame(), ())], NOW, WEEK)
    (row,) = rows_of(thing)
    assert (row["face_index"], row["faces_in_frame"], row["gender"]) == ("", "0", "")
    assert None not in row
    assert None not in row.values()


def test_columns_are_in_the_order_that_the_table_expects():
    assert len(DETECTION_COLUMNS) == len(set(DETECTION_COLUMNS)) == 57
    assert DETECTION_COLUMNS[:4] == ("frame_id", "face_index", "faces_in_frame", "store")
    assert DETECTION_COLUMNS[11:15] == ("analyzed_at", "batch_id", "face_confidence", "box_left")
    assert DETECTION_COLUMNS[-2:] == ("brightness", "sharpness")


def test_lines_end_as_rfc_4180_says_and_cells_are_quoted_only_where_needed(make_frame):
    (thing,) = detection_objects([Analysis(make_frame("a/b, c/d"), ())], NOW, WEEK)
    header, row, end = thing.body.decode().split("\r\n")
    assert header == ",".join(DETECTION_COLUMNS)
    assert ',a,"b, c","a/b, c/d",v1,' in row
    assert end == ""


def test_frames_are_parted_by_day_of_capture_and_store(make_frame):
    keys = [
        "paris/c/2026-02-28T23:59:59Z",
        "paris/c/2026-03-01T00:00:00Z",
        "paris/d/x",
        "=rome/c/x",
        "ro%6De/c/x",
    ]
    things = detection_objects([Analysis(make_frame(key), ()) for key in keys], NOW, WEEK)
    assert {thing.key.rpartition("/")[0] for thing in things} == {
        "detections/day=2026-02-28/store=paris",
        "detections/day=2026-03-01/store=paris",
        "detections/day=2026-03-01/store=%3Drome",
        "detections/day=2026-03-01/store=ro%256De",
    }


def test_a_reject_is_a_row_with_a_reason_even_where_the_key_tells_nothing(make_frame):
    frame = make_frame('=cmd|"x"!A1', size_bytes=0)
    (thing,) = reject_objects([Reject(frame, Reason.UNEXPECTED_KEY, "- no\nway")], NOW)
    assert thing.key == f"rejects/day=2026-03-01/{batch_id_of([frame.object_id])}.csv"
    (row,) = rows_of(thing)
    assert list(row) == list(REJECT_COLUMNS)
    assert row == {
        "frame_id": frame.object_id,
        "store": "",
        "camera": "",
        "object_key": "%3Dcmd|%22x%22!A1",
        "version_id": "v1",
        "sequencer": "0A",
        "event_time": "2026-03-01 09:00:00.000",
        "rejected_at": "2026-03-01 09:05:00.000",
        "reason": "unexpected_key",
        "detail": "%2D no%0Away",
        "size_bytes": "0",
    }


def test_nothing_to_write_is_no_object():
    assert detection_objects([], NOW, WEEK) == []
    assert reject_objects([], NOW) == []


@given(
    keys=st.lists(
        st.sampled_from(["a/x/1", "a/x/2", "b/x/3", "b/x/2026-02-27T00:00Z"]), unique=True
    ),
    data=st.data(),
)
def test_names_and_bytes_do_not_depend_on_order(make_frame, make_face, keys, data):
    analyses = [analysis_of(make_frame(key), [make_face()] * 2) for key in keys]
    rejects = [Reject(make_frame(key), Reason.EMPTY, "") for key in keys]
    expected = detection_objects(analyses, NOW, WEEK), reject_objects(rejects, NOW)
    analyses, rejects = (data.draw(st.permutations(some)) for some in (analyses, rejects))
    assert (detection_objects(analyses, NOW, WEEK), reject_objects(rejects, NOW)) == expected


@given(st.sets(st.text(alphabet="ab", min_size=1)), st.sets(st.text(alphabet="ab", min_size=1)))
def test_a_batch_is_named_by_its_frames_and_not_by_its_time(one, other):
    assert (batch_id_of(one) == batch_id_of(sorted(other))) == (one == other)


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(store=text, camera=text, name=text, version=text)
def test_every_text_is_read_back_exactly(make_frame, store, camera, name, version):
    frame = make_frame(f"{store}/{camera}/{name}", version_id=version)
    for thing in (
        *detection_objects([Analysis(frame, ())], NOW, WEEK),
        *reject_objects([Reject(frame, Reason.GONE, name)], NOW),
    ):
        (row,) = rows_of(thing)
        assert unquote_plus(row["object_key"]) == frame.key
        assert unquote_plus(row["version_id"]) == version
        if frame.place:
            assert unquote_plus(row["store"]) == frame.place.store
            assert unquote_plus(row["camera"]) == frame.place.camera


@pytest.mark.parametrize("store", ["a b", "東京", "+", "%", '"', "\\", "\n", "=1", "..", "é" * 64])
def test_the_folder_of_a_store_is_its_cell(make_frame, store):
    (thing,) = detection_objects([Analysis(make_frame(f"{store}/c/n"), ())], NOW, WEEK)
    (row,) = rows_of(thing)
    assert f"/store={row['store']}/" in thing.key
    assert len(thing.key.encode()) <= 1024
