"""A frame is one version of one object, wherever and however often it is announced."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_demographics.frames import Place, place_of


def test_a_frame_is_named_by_bucket_key_and_version(make_frame):
    frame = make_frame("paris/door/1.jpg", version_id="v7")
    identity = b"frames\0paris/door/1.jpg\0v7"
    assert frame.object_id == hashlib.sha256(identity).hexdigest()[:32]


def test_two_versions_of_a_key_are_two_frames_and_two_announcements_one(make_frame):
    assert make_frame(version_id="v1").object_id != make_frame(version_id="v2").object_id
    assert make_frame(sequencer="0A").object_id == make_frame(sequencer="0B").object_id


def test_without_versions_the_content_tells_frames_apart(make_frame):
    first, second = (make_frame(version_id="", e_tag=tag) for tag in ("e1", "e2"))
    assert first.object_id != second.object_id


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("paris/door/1.jpg", Place("paris", "door", "1.jpg")),
        ("paris/door/2026/03/1.jpg", Place("paris", "door", "2026/03/1.jpg")),
        ("São Paulo/+=%/ ", Place("São Paulo", "+=%", " ")),
        ("é" * 64 + "/c/n", Place("é" * 64, "c", "n")),
        ("é" * 65 + "/c/n", None),
        ("1.jpg", None),
        ("paris/1.jpg", None),
        ("paris/door/", None),
        ("/door/1.jpg", None),
        ("paris//1.jpg", None),
        ("", None),
    ],
)
def test_a_key_tells_store_camera_and_name_or_nothing(key, place):
    assert place_of(key) == place


@given(st.text(), st.text())
def test_different_keys_are_different_frames(make_frame, one, other):
    assert (make_frame(one).object_id == make_frame(other).object_id) == (one == other)
