"""The handler and objects that are no files of records: each version has one record."""

import cv2
import numpy as np
import pytest

from stacks.data_lake.catalog import OBJECT_COLUMNS
from testing.lake_function import body_of, handle, message, new, reads, writes
from testing.stubs import Kept

KEY = "objects/exits/v-0123456789ab 2026-11-29T17-59-00Z.jpg"
JPEG = cv2.imencode(".jpg", np.zeros((30, 40, 3), np.uint8))[1].tobytes()
JSON = "application/json"


def test_an_object_has_one_record_and_no_copy(aws, metrics):
    new(aws)
    reads(aws, JPEG)
    record, told = writes(aws, "modeled", JSON)
    assert handle(message(KEY, size=len(JPEG))) == []
    identity = told.json()["object_id"]
    assert record.value == f"objects/day=2026-11-29/{identity}.json"
    found = told.json()
    assert (found["content_type"], found["width"], found["height"]) == ("image/jpeg", 40, 30)
    assert (found["collection"], found["object_key"], found["version_id"]) == ("exits", KEY, "v")
    assert (found["captured_at"], found["arrived_at"]) == (
        "2026-11-29 17:59:00.000",
        "2026-11-29 18:00:00.000",
    )
    assert found["file_reason"] is None
    assert list(found) == list(OBJECT_COLUMNS)
    assert metrics(service="DataLake")["ObjectsCatalogued"] == [1.0]
    assert metrics(service="DataLake")["FilesModeled"] == [0.0]


def test_one_that_has_its_record_is_not_read_again(aws, metrics):
    aws.answers("get_object", {"Body": body_of(b"{}")}, {"Bucket": "modeled", "Key": Kept()})
    assert handle(message(KEY)) == []
    assert metrics(service="DataLake")["FilesRepeated"] == [1.0]


def test_of_one_larger_than_is_read_the_beginning_is(aws):
    new(aws)
    asked = {"Bucket": "raw", "Key": KEY, "VersionId": "v", "Range": "bytes=0-1048575"}
    aws.answers("get_object", {"Body": body_of(JPEG)}, asked)
    _, told = writes(aws, "modeled", JSON)
    assert handle(message(KEY, size=1_000_001)) == []
    assert (told.json()["width"], told.json()["sha256"]) == (40, None)


@pytest.mark.parametrize(
    ("key", "content", "reason"),
    [
        ("objects/exits/empty.jpg", b"", "empty"),
        ("objects/exits/torn.jpg", JPEG[:50], "unreadable_object"),
        ("objects/alone.jpg", JPEG, "no_collection"),
        ("objects//nameless.jpg", JPEG, "no_collection"),
    ],
)
def test_what_cannot_be_read_is_in_quarantine_first_and_then_has_its_record(
    aws, metrics, key, content, reason
):
    new(aws)
    if reason == "unreadable_object":
        reads(aws, content)
    rejects, _ = writes(aws, "failures")
    _, told = writes(aws, "modeled", JSON)
    assert handle(message(key, size=len(content))) == []
    assert rejects.value.startswith("quarantine/dataset=objects/day=2026-11-29/")
    assert told.json()["file_reason"] == reason
    assert told.json()["content_type"] is None
    assert metrics(service="DataLake", reason=reason)["FilesSetAside"] == [1.0]


def test_one_that_is_gone_is_said_to_be(aws):
    new(aws)
    aws.fails("get_object", "NoSuchVersion", status=404)
    writes(aws, "failures")
    _, told = writes(aws, "modeled", JSON)
    assert handle(message(KEY)) == []
    assert told.json()["file_reason"] == "gone"
