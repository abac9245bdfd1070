"""Pictures: uploads of the same bytes under the same key are one, and nothing else is."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from retail_demographics.pictures import by_picture, repeats_of

CRC = "ChecksumCRC32=aaaaaa=="


@pytest.fixture
def uploads(make_frame):
    first = make_frame(version_id="v1", checksum=CRC)
    later = first.event_time + timedelta(seconds=5)
    again = replace(first, version_id="v2", event_time=later, e_tag="e2")
    return first, again


def test_the_first_upload_comes_first_in_whatever_order_they_are_told(uploads, make_frame):
    other = make_frame("paris/door/other.jpg", checksum=CRC)
    for order in permutations([*uploads, other]):
        pictures = by_picture(order)
        assert list(pictures[uploads[0].frame_id]) == list(uploads)
        assert list(repeats_of(pictures, ())) == [uploads[1]]


def test_of_a_picture_that_is_known_every_upload_is_a_repeat(uploads):
    assert list(repeats_of(by_picture(uploads), {uploads[0].frame_id})) == list(uploads)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "paris/door/0901.jpg"},
        {"bucket": "others"},
        {"checksum": "ChecksumCRC32=bbbbbb=="},
        {"size_bytes": 999},
    ],
)
def test_another_key_or_other_bytes_are_another_picture(uploads, change):
    first, _ = uploads
    assert replace(first, **change).frame_id != first.frame_id


def test_without_a_checksum_a_picture_is_a_version(make_frame):
    first, second = (make_frame(version_id=version) for version in ("v1", "v2"))
    assert first.frame_id == first.object_id
    assert first.frame_id != second.frame_id
