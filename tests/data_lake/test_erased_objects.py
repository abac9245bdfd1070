"""An object that is no file of records leaves whole, with what the catalog has of it."""

from datetime import UTC, datetime

import pytest

from data_lake.erase_version import Lake, Version
from data_lake.held_names import UnreadableError
from data_lake.names import Names
from testing.lake_function import body_of
from testing.stubs import Kept, Stubs, clients_of

NAMES = Names(["p-00c0ffee"])
AT = datetime(2026, 11, 29, 18, tzinfo=UTC)
ZIP = b"PK\x03\x04 and the rest"


@pytest.fixture
def s3():
    clients = clients_of("s3")
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs, Lake(clients["s3"], "raw", "modeled", "failures", "results")


def version(key):
    return Version(key, "v1", True, AT)


def holds(stubs, content):
    stubs.answers("get_object", {"Body": body_of(content)})


@pytest.mark.parametrize(
    ("key", "content", "is_named"),
    [
        ("objects/faces/p-00c0ffee/1.jpg", None, True),  # which is not read for that
        ("objects/faces/p-00c0ffee.jpg", None, True),
        ("objects/faces/p-00c0ffee0.jpg", b"\xff\xd8\xff", False),
        ("objects/notes/1.txt", b"p-00c0ffee likes tea", True),
        ("objects/notes/1.docx", ZIP, False),  # nobody can tell, and that is said
    ],
)
def test_it_is_known_by_its_key_and_by_its_text(s3, tmp_path, key, content, is_named):
    stubs, lake = s3
    if content is not None:
        holds(stubs, content)
    assert lake.look("raw", version(key), NAMES, tmp_path) is is_named


def test_elsewhere_what_nobody_can_look_into_is_told(s3, tmp_path):
    stubs, lake = s3
    holds(stubs, ZIP)
    with pytest.raises(UnreadableError):
        lake.look("raw", version("retail_visits/p-00c0ffee.zip"), NAMES, tmp_path)


@pytest.mark.parametrize("is_done", [True, False])
def test_its_record_goes_first_and_then_it_does(s3, tmp_path, is_done):
    stubs, lake = s3
    key, record = "objects/faces/p-00c0ffee/1.jpg", Kept()
    if is_done:
        found = {"Body": body_of(b"{}"), "VersionId": "r1", "LastModified": AT}
        stubs.answers("get_object", found, {"Bucket": "modeled", "Key": record})
    else:
        stubs.fails("get_object", "NoSuchKey", status=404)
    stubs.fails("get_object", "NoSuchKey", status=404)  # of the day after
    if is_done:
        asked = {"Bucket": "modeled", "Key": Kept(), "VersionId": "r1"}
        stubs.answers("delete_object", {}, asked)
    stubs.answers("delete_object", {}, {"Bucket": "raw", "Key": key, "VersionId": "v1"})
    assert lake.erase("raw", version(key), NAMES, tmp_path) == ""
    assert not is_done or record.value.startswith("objects/day=2026-11-29/")


def test_a_record_that_names_somebody_goes_whole(s3, tmp_path):
    stubs, lake = s3
    key = "objects/day=2026-11-29/a.json"
    stubs.answers("delete_object", {}, {"Bucket": "modeled", "Key": key})
    stubs.answers("delete_object", {}, {"Bucket": "modeled", "Key": key, "VersionId": "v1"})
    assert lake.erase("modeled", version(key), NAMES, tmp_path) == ""
