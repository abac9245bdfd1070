"""The function of the stream: an answer for each record, by Firehose's protocol."""

import base64
import json
from types import SimpleNamespace

import pytest

from data_lake import check_records

CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=256, invoked_function_arn="f", aws_request_id="r"
)


@pytest.fixture
def checked(monkeypatch):
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "DataLake")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "MlReferenceArchitectures")

    def run(*records):
        event = {
            "records": [
                {"recordId": str(n), "data": base64.b64encode(record).decode()}
                for n, record in enumerate(records)
            ]
        }
        return check_records.handler(event, CONTEXT)["records"]

    return run


def test_each_record_is_answered_once_and_in_order(checked, capsys):
    good, bad = b'{"dataset": "retail_visits", "store": "a"}', b"no"
    answers = checked(good, bad, good)
    assert [answer["recordId"] for answer in answers] == ["0", "1", "2"]
    assert [answer["result"] for answer in answers] == ["Ok", "ProcessingFailed", "Ok"]
    assert base64.b64decode(answers[0]["data"]) == good + b"\n"
    assert base64.b64decode(answers[1]["data"]) == bad
    assert answers[0]["metadata"] == {"partitionKeys": {"dataset": "retail_visits"}}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [line for line in lines if "_aws" in line]
    assert counted[0]["RecordsStreamed"] == [2]
    assert counted[0]["RecordsRefused"] == [1]
    assert counted[1]["reason"] == "malformed"
    assert "no" not in [line.get("message") for line in lines]
