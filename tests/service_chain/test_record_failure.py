"""Recording a failure: written over an older one, and counted by its reason."""

import json

import pytest
from botocore.exceptions import ClientError

from service_chain import record_failure

ID = "0123456789abcdef0123456789abcdef"
FAILURE_KEY = f"failures/day=2026-03-01/{ID}.json"
DOCUMENT = {"Bucket": "results", "Key": f"documents/day=2026-03-01/{ID}.json"}
EVENT = {
    "input": {"document_id": ID, "attempt": 1, "event_time": "2026-03-01T23:59:59Z"},
    "state": "Identify",
    "error": "Refused",
    "cause": json.dumps({"errorType": "Refused", "errorMessage": "gone: it is not there"}),
    "execution": "execution-arn",
    "failed_at": "2026-03-02T00:10:00Z",
}


@pytest.fixture
def record(aws, context):
    def run(event=EVENT, left_behind=None, key=FAILURE_KEY):
        aws.fails("head_object", "404", status=404)
        if left_behind is None:
            aws.fails("get_object", "NoSuchKey", status=404)
        else:
            asked = {"Bucket": "results", "Key": f"work/{ID}/failure.json"}
            aws.gets(left_behind, asked)
        body = aws.puts(key, "application/json")
        assert record_failure.handler(event, context) == {"failure_key": key}
        return body

    return run


def test_a_failure_is_written_in_one_line_on_the_day_of_the_event(record):
    body = record()
    assert body.value.count(b"\n") == 1
    assert body.value.endswith(b"}\n")
    assert body.json()["reason"] == "gone"
    assert body.json()["cause"] == "gone: it is not there"


def test_a_failure_is_counted_by_its_reason(record, metrics):
    record()
    assert metrics(service="ServiceChain") == {"DocumentsFailed": [1]}
    assert metrics(service="ServiceChain", reason="gone") == {"DocumentsFailed": [1]}


def test_a_reason_is_a_word_that_a_metric_takes(record, metrics):
    record(EVENT | {"error": "Ünkwn Error\n" + "x" * 300})
    assert metrics(service="ServiceChain", reason="_nkwn_Error_" + "x" * 88)


def test_the_same_failure_told_twice_is_the_same_record(record):
    assert record().value == record().value


def test_what_a_child_left_behind_is_recorded(record):
    first = {"state": "TranslateText", "error": "Translate.Throttling", "cause": "too fast"}
    assert record(left_behind=json.dumps(first).encode()).json()["state"] == "TranslateText"


@pytest.mark.parametrize("left_behind", [b"", b"no json", b"\xff", b"[" * 100_000])
def test_what_nobody_can_read_costs_no_record(record, left_behind):
    assert record(left_behind=left_behind).json()["state"] == "Identify"


def test_half_a_character_costs_no_record(record):
    event = EVENT | {"error": "E", "cause": "\ud800 cut"}
    assert record(event).json()["cause"] == "? cut"


def test_a_document_that_is_there_has_not_failed(aws, context, metrics, log):
    aws.answers("head_object", {}, DOCUMENT)
    assert record_failure.handler(EVENT, context) == {"failure_key": None}
    assert metrics(service="ServiceChain") == {}
    assert f'"document_id":"{ID}"' in log().replace(" ", "")


@pytest.mark.parametrize(("code", "status"), [("403", 403), ("503", 503)])
def test_where_nobody_can_tell_whether_the_document_is_there_nothing_is_written(
    aws, context, code, status
):
    aws.fails("head_object", code, status=status)
    with pytest.raises(ClientError, match=code):
        record_failure.handler(EVENT, context)


def test_where_what_was_left_behind_cannot_be_read_now_it_comes_again(aws, context):
    aws.fails("head_object", "404", status=404)
    aws.fails("get_object", "SlowDown", status=503)
    with pytest.raises(ClientError, match="SlowDown"):
        record_failure.handler(EVENT, context)


def test_the_log_tells_the_reason_and_not_the_cause(record, log):
    record()
    assert '"reason":"gone"' in log().replace(" ", "")
    assert "it is not there" not in log()
