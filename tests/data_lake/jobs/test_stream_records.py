"""A stream that Spark reads: each record once, whenever the job is killed, by one contract."""

import base64
import json
import runpy
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from unittest.mock import MagicMock

import duckdb
import pytest
from pyspark import cloudpickle
from pyspark.errors import StreamingQueryException

from data_lake import stream_records
from data_lake.batch_files import BatchFiles, OwnerError
from data_lake.stream_records import Batches, start, take_part
from stacks.shared.job_archive import archived
from testing import folder_store
from testing.folder_store import FolderStore
from testing.parquet_rows import write_rows

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
ARRIVED = datetime(2026, 11, 29, 18, tzinfo=UTC)
ZONES = ("modeled", "failures", "checkpoints")
KEPT = timedelta(days=400)
SEQUENCES = count(1)
VISIT = {
    "store": "harbour",
    "visitor": "p-00000001",
    "entered_at": "2026-11-29T09:00:00Z",
    "seconds": 60,
    "zones": 1,
    "basket_touches": 0,
    "purchased": False,
}


def visit(number, **changes):
    found = {"dataset": "retail_visits", "visit_id": f"v-{number:012d}", **VISIT, **changes}
    return json.dumps(found).encode()


def message(payload, dataset="retail_visits"):
    """Pack a message of a device as the rule of IoT does."""
    return json.dumps({"base64": base64.b64encode(payload).decode(), "dataset": dataset}).encode()


def owned(store):
    """Give the files of a batch of a query, of which nobody else writes any."""
    files = BatchFiles(store, *ZONES, owner="us", name="query-0000000000")
    files.claim()
    return files


class Lake:
    """A stream in a folder, whose files a query reads in order, and the zones that it fills."""

    def __init__(self, spark, root):
        self.spark, self.root, self.store = spark, root, FolderStore(root)
        self.incoming = root / "incoming"
        self.incoming.mkdir()
        self.files = BatchFiles(self.store, *ZONES, owner="us")
        self.files.claim()

    def put(self, *records, arrived=ARRIVED):
        """Put records into the stream, together."""
        rows = [(data, f"{next(SEQUENCES):020d}", arrived) for data in records]
        path = self.incoming / f"{next(SEQUENCES):020d}.parquet"
        write_rows(
            path, rows, "data binary, sequenceNumber string, approximateArrivalTimestamp timestamp"
        )

    def run(self, batches=None):
        """Take what is there, a file a batch, from where the checkpoint says, and stop."""
        records = (
            self.spark.readStream.schema(stream_records.COLUMNS)
            .option("maxFilesPerTrigger", 1)
            .parquet(str(self.incoming))
        )
        checkpoint = self.root / "checkpoints" / "checkpoint"
        query = start(records, batches or self.batches(), str(checkpoint), 0)
        try:
            query.processAllAvailable()
        finally:
            query.stop()

    def batches(self):
        """Make what takes a batch."""
        return Batches("arrivals", "DataLake", KEPT, self.files)

    def rows(self, bucket, below=""):
        """Read all rows below a folder."""
        paths = sorted(str(path) for path in (self.root / bucket / below).rglob("*.parquet"))
        if not paths:
            return []
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            found = con.execute(
                "SELECT * FROM read_parquet($1, hive_partitioning = false)", [paths]
            )
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def visits(self):
        """Count the visits in the modeled zone by their key."""
        return Counter(row["visit_id"] for row in self.rows("modeled", "retail_visits"))

    def loads(self):
        """Read what was told of each batch."""
        folder = self.root / "modeled" / "loads"
        files = folder.rglob("*.json")
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def streaming(spark):
    """Give the executors' Pythons what the job ships, and no more."""
    spark.sparkContext.addPyFile(str(archived("data_lake", with_functions=True)))
    cloudpickle.register_pickle_by_value(folder_store)
    yield spark
    cloudpickle.unregister_pickle_by_value(folder_store)


@pytest.fixture
def lake(streaming, tmp_path):
    return Lake(streaming, tmp_path)


def test_records_are_modeled_by_day_or_set_aside_with_their_reason(lake, capsys):
    lake.put(
        visit(1),
        visit(2, entered_at="2026-11-27T09:00:00Z"),  # late, and none the worse for it
        visit(3, seconds="60"),
        visit(4, entered_at="2024-01-01T09:00:00Z"),  # later than the lake keeps
        message(json.dumps({"visit_id": "v-000000000005", **VISIT}).encode()),
        message(b"not JSON"),
        b"\xff\xfe",
        b'{"dataset": "nobody"}',
        visit(6)[:-1],
    )
    lake.run()
    good = lake.rows("modeled", "retail_visits")
    assert {row["visit_id"][-1] for row in good} == {"1", "2", "5"}
    assert all(len(row["source_id"]) == 20 and row["source_line"] == 1 for row in good)
    assert {row["arrived_at"] for row in good} == {ARRIVED}
    days = {key.split("/")[1] for key in lake.store.keys("modeled") if "retail_visits" in key}
    assert days == {"day=2026-11-29", "day=2026-11-27"}
    aside = lake.rows("failures")
    assert Counter(row["reason"] for row in aside) == {
        "wrong_type": 1,
        "out_of_window": 1,
        "malformed": 2,
        "not_text": 1,
        "no_such_dataset": 1,
    }
    assert {row["object_key"] for row in aside} == {"arrivals"}
    assert all(row["version_id"] == row["source_id"] for row in aside)
    (visits,) = (load for load in lake.loads() if load["dataset"] == "retail_visits")
    assert (visits["records_read"], visits["records_modeled"]) == (6, 3)
    told = json.loads(capsys.readouterr().out)
    assert (told["records_modeled"], told["records_set_aside"]) == (3, 6)


def dying(root, doomed):
    """Make a store whose process dies after it has written an object."""

    class Dying(FolderStore):
        def put_object(self, *, Bucket, Key, Body, ContentType):  # noqa: N803 (boto3's)
            super().put_object(Bucket=Bucket, Key=Key, Body=Body, ContentType=ContentType)
            if doomed(Key):
                raise RuntimeError("Killed")

    return Dying(root)


@pytest.mark.parametrize("at", ["load record", "second part", "journal"])
def test_a_batch_that_is_killed_and_done_again_doubles_nothing(lake, at, monkeypatch):
    lake.put(visit(1), visit(2, entered_at="2026-11-27T09:00:00Z"), visit(3, seconds="60"))
    lake.run()
    lake.put(visit(4), visit(5, entered_at="2026-11-27T09:00:00Z"), visit(6, seconds="60"))
    places = {
        "load record": lambda key: key.startswith("loads/"),
        "second part": lambda key: key.startswith("retail_visits/day=2026-11-27"),
        "journal": lambda key: key.startswith("journal/"),
    }
    killed = replace(lake.files, clients=dying(lake.root, places[at]))
    with pytest.raises(StreamingQueryException, match="Killed"):
        lake.run(replace(lake.batches(), files=killed))
    lake.run()
    assert lake.visits() == Counter(f"v-{n:012d}" for n in (1, 2, 4, 5))
    assert Counter(row["reason"] for row in lake.rows("failures")) == {"wrong_type": 2}
    assert sorted(load["records_modeled"] for load in lake.loads()) == [2, 2]


def test_a_part_that_has_fewer_records_the_second_time_leaves_none_of_the_first(tmp_path):
    store = FolderStore(tmp_path)
    files = owned(store)

    def take(index, *records):
        rows = [(data, f"{n:020d}", 1_796_000_000_000_000) for n, data in enumerate(records)]
        return list(take_part(index, rows, stream="s", kept=KEPT, files=files))

    old = "2026-11-27T09:00:00Z"
    take(0, visit(1), visit(2, entered_at=old), visit(3, seconds="60"))
    take(1, visit(4))
    files.finish("s", take(0, visit(1)))
    keys = [key for key in store.keys("modeled") if key.startswith("retail_visits/")]
    assert keys == ["retail_visits/day=2026-11-29/stream-query-0000000000-0.parquet"]
    assert store.keys("failures") == []


def test_records_that_a_producer_put_into_one_are_told_apart(tmp_path):
    store = FolderStore(tmp_path)
    files = owned(store)
    rows = [(visit(n), "7", 1_796_000_000_000_000) for n in (1, 2)]
    (taken,) = take_part(0, [*rows], stream="s", kept=KEPT, files=files)
    with duckdb.connect() as con:
        found = con.execute(
            "SELECT visit_id, source_id, source_line FROM read_parquet($1) ORDER BY 3",
            [str(tmp_path / "modeled" / taken.keys[0])],
        ).fetchall()
    assert found == [("v-000000000001", "7", 1), ("v-000000000002", "7", 2)]


def test_a_query_that_begins_anew_overwrites_no_file_of_the_one_before(tmp_path):
    names = []
    for query in ("first", "second"):
        folder = tmp_path / "checkpoints" / "checkpoint"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "metadata").write_text(json.dumps({"id": query}))
        files = replace(owned(FolderStore(tmp_path)), name="")
        names.append(files.of_batch(0).name)
    assert names == ["first-0000000000", "second-0000000000"]


def test_who_is_not_the_owner_any_more_writes_nothing(lake):
    assert not lake.files.claim()  # again, and nobody else was there
    other = replace(lake.files, owner="other")
    lake.put(visit(1))
    assert other.claim()
    with pytest.raises(StreamingQueryException, match="OwnerError"):
        lake.run()
    assert lake.store.keys("modeled") == []
    lake.run(replace(lake.batches(), files=other))
    assert lake.visits() == {"v-000000000001": 1}


@pytest.mark.parametrize("step", ["write", "finish"])
def test_a_batch_that_was_under_way_when_another_took_over_goes_no_further(tmp_path, step):
    files = owned(FolderStore(tmp_path))
    rows = [(visit(1), "7", 1_796_000_000_000_000)]
    taken = list(take_part(0, [*rows], stream="s", kept=KEPT, files=files))
    on = {
        "write": lambda: list(take_part(1, rows, stream="s", kept=KEPT, files=files)),
        "finish": lambda: files.finish("s", taken),
    }
    replace(files, owner="other").claim()
    before = files.clients().keys("modeled")
    with pytest.raises(OwnerError, match=r"other.* writes batches, not us"):
        on[step]()
    assert files.clients().keys("modeled") == before


class Reader:
    """Keeps the options that a stream is read with."""

    def __init__(self):
        self.options = {}

    @property
    def readStream(self):  # noqa: N802 (Spark's)
        """Give itself."""
        return self

    def format(self, name):
        """Keep the connector."""
        self.options["format"] = name
        return self

    def option(self, name, value):
        """Keep an option."""
        self.options[name] = value
        return self

    def load(self):
        """Give what was kept."""
        return self.options


@pytest.mark.parametrize(("seconds", "fetched"), [(0, "10"), (300, "150")])
def test_a_stream_is_read_from_its_beginning_and_nothing_is_passed_over(seconds, fetched):
    found = stream_records.from_kinesis(Reader(), "arrivals", "https://kinesis", seconds)
    assert found["format"] == "aws-kinesis"
    assert found["kinesis.startingPosition"] == "TRIM_HORIZON"
    assert found["kinesis.failOnDataLoss"] == "true"
    assert found["kinesis.maxFetchTimePerShardSec"] == fetched


@pytest.mark.parametrize("before", [None, "other"], ids=["first", "another"])
def test_a_run_waits_for_the_one_before_it(tmp_path, monkeypatch, before):
    store, waited, begin = FolderStore(tmp_path), list[int](), MagicMock()
    if before:
        BatchFiles(store, *ZONES, owner=before).claim()
    monkeypatch.setattr(stream_records, "client", lambda region: store)
    monkeypatch.setattr("data_lake.stream_records.time.sleep", waited.append)
    monkeypatch.setattr(stream_records, "from_kinesis", lambda *_: None)
    monkeypatch.setattr(stream_records, "SparkSession", MagicMock())
    monkeypatch.setattr(stream_records, "start", begin)
    words = ("stream", "endpoint", "region", "modeled", "failures", "checkpoints", "service")
    numbers = ("--kept_days", "400", "--seconds", "300")
    stream_records.main([*(w for name in words for w in (f"--{name}", name)), *numbers])
    (_, batches, checkpoint, seconds) = begin.call_args.args
    assert (checkpoint, seconds) == ("s3://checkpoints/checkpoint/", 300)
    assert waited == ([stream_records.HANDOVER_SECONDS] if before else [])
    assert json.loads((tmp_path / "checkpoints" / "owner.json").read_text()) == {
        "owner": batches.files.owner
    }


def test_what_goes_to_executors_is_of_a_module_and_not_of_the_script(monkeypatch):
    given = list[list[str]]()
    monkeypatch.setattr(stream_records, "main", given.append)
    monkeypatch.setattr("sys.argv", ["s3://code/script.py", "--stream", "arrivals"])
    runpy.run_path(stream_records.__file__, run_name="__main__")
    assert given == [["--stream", "arrivals"]]
