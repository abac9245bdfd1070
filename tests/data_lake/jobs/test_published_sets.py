"""The table of training rows, and what is told of it: once a content, whoever is killed when."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from data_lake.conflicts import is_conflict
from data_lake.content_hash import content_hash, parts
from data_lake.publish_training_set import (
    Content,
    Documents,
    forget,
    publish,
    publish_nothing,
    sweep,
)
from data_lake.training_set import TrainingSet
from data_lake.training_table import COLUMNS, content_of, evolution_sql
from model_training.lake_content import content_hash as counted_without_spark
from stacks.data_lake.training_table import FIRST_COLUMNS, PROPERTIES

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
NEVER, LATER = datetime(1980, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """A run ends here."""


class Folder(Documents):
    """Documents in a folder, in the place of a zone; ``left`` writes are done before the kill."""

    def __init__(self, path):
        self.place, self.path, self.left = f"{path}/", path, 99

    def read(self, key):
        """Read a document, if it is there."""
        path = self.path / key
        return json.loads(path.read_text()) if path.exists() else None

    def write(self, key, content):
        """Write a document, or be killed."""
        self.left -= 1
        if self.left < 0:
            raise Killed
        (self.path / key).parent.mkdir(exist_ok=True)
        (self.path / key).write_bytes(content)

    def delete(self, key):
        """Delete a document."""
        (self.path / key).unlink(missing_ok=True)

    def list(self, prefix, before=None):
        """List files, but for the sums that a folder keeps beside them."""
        found = (p for p in (self.path / prefix).rglob("*") if p.is_file() and p.suffix != ".crc")
        return [
            str(p.relative_to(self.path))
            for p in found
            if not before or p.stat().st_mtime < before.timestamp()
        ]


@pytest.fixture
def made(iceberg):
    """Make a table, as the stack does; its catalog is a folder, which chooses the place itself."""

    def make(name):
        table = TrainingSet(iceberg, f"glue_catalog.lake.{name}")
        columns = ", ".join(f"`{column}` {kind}" for column, kind in FIRST_COLUMNS.items())
        properties = ", ".join(f"'{key}' = '{value}'" for key, value in PROPERTIES.items())
        iceberg.sql(
            f"CREATE TABLE {table.name} ({columns}) USING iceberg PARTITIONED BY (split) "
            f"TBLPROPERTIES ({properties})"
        )
        table.prepare()
        return table

    return make


@pytest.fixture
def content(spark):
    """Give some rows by their number; that is their name as well."""

    def make(count):
        values = {"string": "'a'", "timestamp": "timestamp '2026-11-29 12:00:00'"}
        columns = [f"cast({values.get(kind, 1)} as {kind}) as {n}" for n, kind in COLUMNS.items()]
        return Content(spark.range(count).selectExpr(*columns).coalesce(1), count, str(count))

    return make


def rows(table, snapshot_id=None):
    reader = table.spark.read
    if snapshot_id is not None:
        reader = reader.option("snapshot-id", str(snapshot_id))
    return reader.table(table.name).count()


def told(table, documents, content, run, describe=None):
    """Publish as a run of that name does."""
    write = describe or (lambda at: json.dumps({"snapshot_id": str(at)}).encode())
    return publish(table, documents, run, table.look(), content, write)


def test_one_content_is_committed_and_told_once(made, content, tmp_path):
    table, documents = made("once"), Folder(tmp_path)
    first = told(table, documents, content(3), "a")
    assert first["changed"]
    assert rows(table) == 3
    assert told(table, documents, content(3), "b") == {**first, "changed": False}
    assert told(table, documents, content(3), "a") == {**first, "changed": False}
    assert len(table.snapshots()) == 1
    # Another one, and back again: the manifest goes on naming what it named.
    second = told(table, documents, content(2), "c")
    assert (second["changed"], rows(table)) == (True, 2)
    back = told(table, documents, content(3), "d")
    assert back == first
    assert rows(table) == rows(table, first["snapshot_id"]) == 3
    assert len(table.snapshots()) == 3


def test_the_files_of_a_snapshot_hold_its_rows_whatever_came_after(made, content, tmp_path):
    table, documents = made("files"), Folder(tmp_path)
    first = told(table, documents, content(3), "a")
    told(table, documents, content(2), "b")
    found = table.data_files(int(first["snapshot_id"]))
    assert sum(file.rows for file in found) == 3
    paths = [file.path.removeprefix("file:") for file in found]
    assert [Path(path).stat().st_size for path in paths] == [file.bytes for file in found]
    assert table.spark.read.parquet(*paths).count() == 3


def test_whoever_reads_the_files_can_count_the_name_of_their_content(spark, made, tmp_path):
    values = {"string": "concat('ü\"', id)", "double": "(rand(7) - 0.5) * pow(10, id % 9)"}
    values["timestamp"] = "timestamp_micros(id * 1234567)"
    drawn = {n: values.get(kind, "id") for n, kind in COLUMNS.items()}
    drawn["temperature"] = "if(id % 5 = 0, null, -0.0000001)"
    columns = [f"cast({drawn[n]} as {kind}) as {n}" for n, kind in COLUMNS.items()]
    frame = spark.range(40).selectExpr(*columns).persist()
    name = content_hash(COLUMNS, [tuple(row) for row in parts(frame, COLUMNS).collect()])
    table = made("named")
    told(table, Folder(tmp_path), Content(frame, 40, name), "a")
    paths = [f.path.removeprefix("file:") for f in table.data_files(table.head())]
    rows = pa.concat_tables(parquet.ParquetFile(path).read() for path in paths)
    assert counted_without_spark(rows, COLUMNS) == name


def test_whatever_step_a_run_is_killed_at_the_next_one_tells_the_same(
    made, content, tmp_path, monkeypatch
):
    table = made("killed")
    calls = [
        (TrainingSet, "replace", "before"),
        (TrainingSet, "replace", "after"),
        (TrainingSet, "keep", "before"),
        (TrainingSet, "keep", "after"),
    ]
    for number, (owner, name, when) in enumerate(calls, 1):
        documents = folder(tmp_path, number)
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, killing(getattr(owner, name), when))
            with pytest.raises(Killed):
                told(table, documents, content(number), "killed")
        ends_well(table, documents, content(number))
    for number, left in enumerate((0, 1, 2), len(calls) + 1):
        documents = folder(tmp_path, number)
        documents.left = left
        if left < 2:
            with pytest.raises(Killed):
                told(table, documents, content(number), "killed")
        else:
            told(table, documents, content(number), "killed")
        documents.left = 99
        ends_well(table, documents, content(number), changed=left < 2)
    assert len(table.snapshots()) == len(calls) + 3


def folder(tmp_path, number):
    path = tmp_path / str(number)
    path.mkdir()
    return Folder(path)


def killing(method, when):
    def killed(*arguments):
        if when == "after":
            method(*arguments)
        raise Killed

    return killed


def ends_well(table, documents, content, *, changed=True):
    """Run again by another name; then whoever comes hears that nothing has changed."""
    pointer = told(table, documents, content, "next")
    assert pointer["changed"] == changed
    assert documents.read("runs/next.json") == pointer
    manifest = documents.read(f"manifests/{content.name}.json")
    assert rows(table, manifest["snapshot_id"]) == rows(table) == content.count
    assert manifest["snapshot_id"] == pointer["snapshot_id"]
    assert told(table, documents, content, "after")["changed"] is False


@pytest.mark.parametrize("begun", [False, True], ids=["new", "begun"])
def test_who_read_what_is_stale_by_now_is_refused(made, content, tmp_path, begun):
    table, documents = made(f"stale_{begun}"), Folder(tmp_path)
    if begun:
        told(table, documents, content(1), "first")
    seen = table.look()  # and then another one is sooner
    told(table, documents, content(2), "sooner")
    with pytest.raises(Exception, match="conflicting") as error:
        publish(table, documents, "stale", seen, content(3), lambda at: b"{}")
    assert is_conflict(error.value)
    assert rows(table) == 2
    assert documents.read("runs/stale.json") is None
    # Looking again, the same content commits nothing, and another one does.
    assert told(table, documents, content(2), "stale")["changed"] is False
    assert told(table, documents, content(3), "stale")["changed"] is True


def test_what_a_manifest_names_stays_until_it_is_too_old(made, content, tmp_path):
    table, documents = made("kept"), Folder(tmp_path)
    first = told(table, documents, content(1), "a")
    second = told(table, documents, content(2), "b")
    forget(table, documents, NEVER, LATER)
    assert rows(table, first["snapshot_id"]) == 1
    forget(table, documents, LATER, LATER)
    assert [str(found) for found in table.snapshots()] == [second["snapshot_id"]]
    assert documents.read("manifests/1.json") is None
    assert documents.read("manifests/2.json") is not None
    assert list(table.tags()) == ["2"]


def noon(day):
    return datetime(1990, 1, day, 12, tzinfo=UTC)


def noted_at_noon(documents, day):
    """Have all that is noted by now be of a day, before whatever a clock may say."""
    for path in (documents.path / "followed").iterdir():
        os.utime(path, (noon(day).timestamp(),) * 2)


def test_its_time_runs_from_when_another_one_followed(made, content, tmp_path):
    """However old it is by then; and anew where it came back meanwhile."""
    table, documents = made("followed"), Folder(tmp_path)
    told(table, documents, content(1), "a")
    forget(table, documents, LATER, NEVER)  # it is present, and its time does not run
    told(table, documents, content(2), "b")
    forget(table, documents, NEVER, NEVER)
    assert documents.list("followed/") == ["followed/1"]
    noted_at_noon(documents, 20)
    forget(table, documents, noon(20), NEVER)
    assert table.tags().keys() == {"1", "2"}
    # It comes back, and goes again: as of then.
    told(table, documents, content(1), "c")
    assert documents.list("followed/") == []
    forget(table, documents, noon(21), NEVER)
    noted_at_noon(documents, 21)
    told(table, documents, content(3), "d")
    forget(table, documents, noon(20), NEVER)
    assert table.tags().keys() == {"1", "2", "3"}
    forget(table, documents, noon(22), NEVER)
    assert table.tags().keys() == {"1", "3"}
    assert sorted(documents.list("manifests/")) == ["manifests/1.json", "manifests/3.json"]
    assert documents.list("followed/") == ["followed/1"]
    noted_at_noon(documents, 22)
    forget(table, documents, noon(23), NEVER)
    assert table.tags().keys() == {"3"}
    assert documents.list("followed/") == []


def test_files_that_only_moved_are_no_other_content(made, content, tmp_path):
    table, documents = made("moved"), Folder(tmp_path)
    first = told(table, documents, content(2), "a")
    name = table.name.removeprefix("glue_catalog.")
    options = "options => map('rewrite-all', 'true')"
    table.spark.sql(f"CALL glue_catalog.system.rewrite_data_files(table => '{name}', {options})")
    assert len(table.snapshots()) == 2
    assert told(table, documents, content(2), "b") == {**first, "changed": False}
    # What somebody else has written is of no run, and is replaced.
    table.spark.sql(f"DELETE FROM {table.name}")
    assert told(table, documents, content(2), "c")["changed"]
    assert rows(table) == 2


def test_no_manifest_names_what_an_erasure_took(made, content, tmp_path):
    table, documents = made("erased"), Folder(tmp_path)
    told(table, documents, content(1), "a")
    told(table, documents, content(2), "b")
    table.spark.sql(f"DELETE FROM {table.name}")
    for name in table.tags():
        table.release(name)
    table.forget(LATER)
    assert len(table.snapshots()) == 1
    # The same rows again are another snapshot, and the manifest of the others goes.
    pointer = told(table, documents, content(2), "c")
    assert pointer["changed"]
    assert documents.read("manifests/2.json")["snapshot_id"] == pointer["snapshot_id"]
    forget(table, documents, NEVER, NEVER)
    assert documents.list("manifests/") == ["manifests/2.json"]
    assert rows(table, pointer["snapshot_id"]) == 2


def test_leftovers_of_a_killed_run_go_and_nothing_else_does(made, content, tmp_path):
    table = made("swept")
    first = told(table, Folder(tmp_path), content(2), "a")
    told(table, Folder(tmp_path), content(3), "b")
    (some, *_) = (f for f in table.files() if f.endswith(".parquet"))
    documents = Folder(Path(some.removeprefix("file:")).parents[2])
    left = documents.path / "data" / "split=a" / "left.parquet"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"")
    assert sweep(table, documents, "data/", NEVER) == []
    assert sweep(table, documents, "data/", LATER) == [str(left.relative_to(documents.path))]
    assert rows(table) == 3
    assert rows(table, first["snapshot_id"]) == 2
    assert sweep(table, documents, "data/", LATER) == []


def test_columns_of_other_code_go_and_older_snapshots_keep_theirs(
    made, content, tmp_path, monkeypatch
):
    table, documents = made("grown"), Folder(tmp_path)
    first = told(table, documents, content(1), "a")
    for change in ("ADD COLUMN gone int", "DROP COLUMN zones", "ALTER COLUMN hour TYPE bigint"):
        table.spark.sql(f"ALTER TABLE {table.name} {change}")
    table.prepare()
    fields = table.spark.table(table.name).schema.fields
    there = {field.name: field.dataType.simpleString() for field in fields}
    assert there == dict(COLUMNS)
    assert list(evolution_sql(table.name, there)) == []
    told(table, documents, content(2), "b")
    old = table.spark.sql(f"SELECT * FROM {table.name} VERSION AS OF {first['snapshot_id']}")
    assert [row["zones"] for row in old.collect()] == [1]


def test_before_there_is_anything_a_run_tells_so(tmp_path):
    documents = Folder(tmp_path)
    assert publish_nothing(documents, "a") == documents.read("runs/a.json")
    assert content_of(None, {}) is None
