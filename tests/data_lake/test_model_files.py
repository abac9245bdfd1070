"""The handler: what is written, in which order, and what comes again."""

import base64
import gzip
import json
from datetime import UTC, datetime

import duckdb
import pytest

from data_lake import model_files
from runtime.errors import PermissionMissingError
from runtime.object_versions import ObjectVersion
from testing.lake_function import ENVIRONMENT, body_of, handle, message, new, reads, writes
from testing.stubs import Kept, Stubs, clients_of

CSV = (
    b"visit_id,store,visitor,entered_at,seconds,zones,basket_touches,age_band,temperature,purchased\n"
    b"v-000000000001,harbour,p-00000001,2026-11-29T09:00:00Z,60,1,0,adult,3.5,false\n"
    b"bad\n"
)


def test_rejects_then_records_then_the_load_record(aws, metrics):
    new(aws)
    reads(aws, CSV)
    rejects, _ = writes(aws, "failures")
    records, _ = writes(aws, "modeled")
    load, told = writes(aws, "modeled", "application/json")
    assert handle(message("retail_visits/a.csv")) == []
    identity = load.value.rpartition("/")[2].removesuffix(".json")
    assert rejects.value == (f"quarantine/dataset=retail_visits/day=2026-11-29/{identity}.parquet")
    assert records.value == f"retail_visits/day=2026-11-29/{identity}.parquet"
    assert load.value == f"loads/day=2026-11-29/{identity}.json"
    counts = {k: v for k, v in told.json().items() if k.startswith("records_")}
    assert counts == {
        "records_read": 2,
        "records_modeled": 1,
        "records_set_aside": 1,
        "records_repeated": 0,
    }
    assert told.json()["written_keys"] == [records.value]
    assert metrics(service="DataLake")["RecordsModeled"] == [1.0]
    assert metrics(service="DataLake", reason="wrong_cell_count")["RecordsSetAside"] == [1.0]


def test_a_file_that_is_done_is_not_read_again(aws, metrics):
    aws.answers("get_object", {"Body": body_of(b"{}")})
    assert handle(message("retail_visits/a.csv")) == []
    assert metrics(service="DataLake")["FilesRepeated"] == [1.0]


@pytest.mark.parametrize(
    ("key", "size", "reason"),
    [
        ("nobody/a.csv", 1, "unknown_dataset"),
        ("a.csv", 1, "unknown_dataset"),
        ("retail_visits/a.xls", 1, "unknown_format"),
        ("retail_visits/a.csv", 1_000_001, "too_large"),
    ],
)
def test_a_file_that_need_not_be_read_is_set_aside_unread(aws, metrics, key, size, reason):
    new(aws)
    _, _ = writes(aws, "failures")
    _, told = writes(aws, "modeled", "application/json")
    assert handle(message(key, size=size)) == []
    assert told.json()["file_reason"] == reason
    assert metrics(service="DataLake", reason=reason)["FilesSetAside"] == [1.0]


@pytest.fixture
def large(monkeypatch):
    """Have somebody who models what is too large; gives the AWS that starts that."""
    told = {
        "LARGE_FILES_MACHINE": "arn:machine",
        "LARGE_FILES_PART_BYTES": "77",
        "MAX_FILE_BYTES": "3000000",
    }
    clients = clients_of("s3", "stepfunctions")
    monkeypatch.setattr(model_files, "client", clients.__getitem__)
    for name, value in {**ENVIRONMENT, **told}.items():
        monkeypatch.setenv(name, value)
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


def handed_over(large):
    """Take one file; gives the name and the input of what was started, once they are there."""
    name, given = Kept(), Kept()
    started = {"executionArn": "arn", "startDate": datetime(2026, 11, 29, tzinfo=UTC)}
    asked = {"stateMachineArn": "arn:machine", "name": name, "input": given}
    large.answers("start_execution", started, asked)
    return name, given


def test_a_file_that_is_too_large_is_handed_over_by_a_name_of_its_own(large, metrics):
    new(large)
    name, given = handed_over(large)
    assert handle(message("retail_visits/a.csv", size=1_000_001)) == []
    told = given.json()
    source = ObjectVersion.read(told["source"])
    assert (source.key, source.size_bytes) == ("retail_visits/a.csv", 1_000_001)
    assert (name.value, told["part_bytes"]) == (f"{source.object_id}-1", 77)
    assert metrics(service="DataLake")["FilesHandedOver"] == [1.0]


def test_so_is_one_whose_size_does_not_tell(large):
    new(large)
    reads(large, gzip.compress(CSV + b"bad\n" * 300_000))
    handed_over(large)
    assert handle(message("retail_visits/a.csv.gz")) == []


def test_one_that_was_handed_over_before_is_not_again(large, metrics):
    new(large)
    large.fails("start_execution", "ExecutionAlreadyExists")
    assert handle(message("retail_visits/a.csv", size=1_000_001)) == []
    assert metrics(service="DataLake")["FilesRepeated"] == [1.0]


def test_what_cannot_be_handed_over_comes_again(large):
    new(large)
    large.fails("start_execution", "ServiceQuotaExceededException")
    again = handle(message("retail_visits/a.csv", size=1_000_001))
    assert again == [{"itemIdentifier": "1"}]


@pytest.mark.parametrize(
    ("key", "size"),
    [("retail_visits/a.csv", 3_000_001), ("refused/x", 1_000_001), ("a.csv", 1_000_001)],
    ids=["larger", "refused", "nobody"],
)
def test_what_nobody_models_is_not_handed_over(large, key, size):
    new(large)
    if key.startswith("refused"):
        reads(large, b"bad\n" * 300_000)
    writes(large, "failures")
    writes(large, "modeled", "application/json")
    assert handle(message(key, size=size)) == []


def test_a_file_that_is_gone_is_set_aside(aws):
    new(aws)
    aws.fails("get_object", "NoSuchVersion", status=404)
    writes(aws, "failures")
    _, told = writes(aws, "modeled", "application/json")
    assert handle(message("retail_visits/a.csv")) == []
    assert told.json()["file_reason"] == "gone"


def test_what_s3_refuses_comes_again_with_what_nobody_can_read(aws):
    new(aws)
    aws.fails("get_object", "SlowDown", status=503)
    again = handle(message("retail_visits/a.csv"), {"messageId": "2", "body": "?"})
    assert again == [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]


def test_a_missing_permission_rings(aws):
    aws.fails("get_object", "AccessDenied", status=403)
    with pytest.raises(PermissionMissingError):
        handle(message("retail_visits/a.csv"))


def test_an_engine_that_gives_up_hands_the_file_back(aws, monkeypatch):
    def give_up(*_):
        raise duckdb.OutOfMemoryException("no room")

    monkeypatch.setattr(model_files, "model_file", give_up)
    assert handle(message("retail_visits/a.csv")) == [{"itemIdentifier": "1"}]


def test_a_file_is_not_begun_when_half_of_the_time_is_over(aws):
    new(aws)
    reads(aws, CSV)
    writes(aws, "failures")
    writes(aws, "modeled")
    writes(aws, "modeled", "application/json")
    files = [message(f"retail_visits/{n}.csv", str(n)) for n in range(3)]
    assert handle(*files, milliseconds=0) == [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]


def test_what_a_stream_refused_has_a_line_of_the_load_record_for_each_data_set(aws, metrics):
    visit = dict(zip(*(line.decode().split(",") for line in CSV.splitlines()[:2]), strict=True))
    whole = {name: int(visit[name]) for name in ("seconds", "zones", "basket_touches")}
    visit |= {"temperature": 3.5, "purchased": False, "dataset": "retail_visits", **whole}
    raw = (json.dumps(visit).encode(), b"cut", b'{"dataset": "nobody"}')
    lines = [json.dumps({"rawData": base64.b64encode(record).decode()}) for record in raw]
    new(aws)
    reads(aws, "\n".join(lines).encode())
    rejects, _ = writes(aws, "failures")
    records, _ = writes(aws, "modeled")
    _, told = writes(aws, "modeled", "application/json")
    assert handle(message("refused/processing-failed/2026/x")) == []
    assert rejects.value.startswith("quarantine/dataset=unknown/")
    assert records.value.startswith("retail_visits/day=2026-11-29/")
    loads = [json.loads(line) for line in told.value.splitlines()]
    assert {load["dataset"]: load["records_read"] for load in loads} == {
        "unknown": 2,
        "retail_visits": 1,
    }
    assert metrics(service="DataLake")["RecordsModeled"] == [1.0]
    assert metrics(service="DataLake")["FilesModeled"] == [1.0]
    assert metrics(service="DataLake", reason="no_such_dataset")["RecordsSetAside"] == [1.0]
