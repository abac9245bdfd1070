"""The handler: what is written, in which order, and what comes again."""

import base64
import json

import duckdb
import pytest

from data_lake import model_files
from runtime.errors import PermissionMissingError
from testing.lake_function import body_of, handle, message, new, reads, writes

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
