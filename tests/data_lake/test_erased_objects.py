"""An object is looked into without the disk; what is no file of records leaves whole."""

import gzip
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import duckdb
import pytest

from data_lake import erase_version
from data_lake.erase_version import Lake, Version
from data_lake.held_names import UnreadableError, names_in_rows
from data_lake.names import Names
from testing.folder_s3 import FolderS3
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


@pytest.fixture
def folder(tmp_path):
    """Give a lake whose buckets are folders, and the folder that the function has."""
    (tmp_path / "raw" / "retail_visits").mkdir(parents=True)
    (tmp_path / "disk").mkdir()
    lake = Lake(FolderS3(str(tmp_path)), "raw", "modeled", "failures", "results")

    def looks(name, folder=tmp_path / "disk"):
        return lake.look("raw", version(f"retail_visits/{name}"), NAMES, folder)

    return SimpleNamespace(
        raw=tmp_path / "raw" / "retail_visits", disk=tmp_path / "disk", looks=looks
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_text_is_looked_into_as_it_comes_and_nothing_is_on_disk(folder, pack):
    lines = b"v-1,somebody else,60\n" * 200_000
    (folder.raw / "with.csv").write_bytes(pack(lines + b"v-2,p-00c0ffee,60\n" + lines))
    (folder.raw / "without.csv").write_bytes(pack(lines))
    assert folder.looks("with.csv")
    assert not folder.looks("without.csv")
    assert list(folder.disk.iterdir()) == []


@pytest.fixture
def of_row_groups(folder):
    """Write a Parquet file of ten row groups, one of which may name the person."""

    def write(name, at):
        with duckdb.connect() as con:
            con.execute(
                "COPY (SELECT hash(range) AS id, CASE range WHEN $at THEN 'p-00c0ffee' "
                f"ELSE 'p-' || hash(range) END AS visitor FROM range(20480)) "
                f"TO '{folder.raw}/{name}' (FORMAT parquet, ROW_GROUP_SIZE 2048)",
                {"at": at},
            )
        return (folder.raw / name).stat().st_size

    return write


@pytest.mark.parametrize("at", [0, 9_000, 20_479, -1])
def test_parquet_is_looked_into_a_part_at_a_time_within_the_disk(
    folder, of_row_groups, monkeypatch, at
):
    size = of_row_groups("a.parquet", at)
    held = list[int]()
    whole = names_in_rows

    def measured(path, names, rows=None):
        held.append(sum(each.stat().st_blocks * 512 for each in folder.disk.iterdir()))
        return whole(path, names, rows)

    monkeypatch.setattr(erase_version, "PART_BYTES", size // 4)
    monkeypatch.setattr(erase_version, "names_in_rows", measured)
    assert folder.looks("a.parquet") is (at >= 0)
    assert max(held) < size // 2
    assert len(held) > 3 or at in (0, 9_000)


def test_a_row_group_that_the_disk_does_not_take_is_told(folder, of_row_groups, monkeypatch):
    size = of_row_groups("a.parquet", 0)
    monkeypatch.setattr(erase_version, "PART_BYTES", size // 4)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(UnreadableError, match="disk_mib"):
        folder.looks("a.parquet")


def test_parquet_without_its_footer_is_told(folder, monkeypatch):
    (folder.raw / "a.parquet").write_bytes(b"PAR1" * 1000)
    monkeypatch.setattr(erase_version, "PART_BYTES", 100)
    with pytest.raises(UnreadableError, match="Parquet"):
        folder.looks("a.parquet")


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
