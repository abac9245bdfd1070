"""Failure records: the real error, its reason, and what to start the document again with."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.failure_record import (
    MAX_CAUSE_CHARACTERS,
    document_id_of,
    record_of,
    time_of,
    unpacked,
)

ID = "0123456789abcdef0123456789abcdef"
INPUT = {"document_id": ID, "attempt": 1, "bucket": "inbox", "event_time": "2026-03-01T23:59:59Z"}
EVENT = {
    "input": INPUT,
    "state": "StartTranscription",
    "error": "Transcribe.BadRequestException",
    "cause": "The media format is wrong. (Service: Transcribe, Status Code: 400)",
    "execution": "execution-arn",
    "failed_at": "2026-03-02T00:10:00Z",
}
MANY_FAILED = {"state": "TranslateChunks", "error": "States.ExceedToleratedFailureThreshold"}
FIRST = {
    "state": "TranslateText",
    "error": "Translate.TextSizeLimitExceededException",
    "cause": "x",
}


def wrapped(kind, message, **more):
    return json.dumps(
        {"errorType": kind, "errorMessage": message, "stackTrace": ["secret"], **more}
    )


def test_a_failure_is_recorded_as_it_was():
    assert record_of(EVENT, None) == {
        "schema_version": 1,
        "document_id": ID,
        "attempt": 1,
        "state": "StartTranscription",
        "error": "Transcribe.BadRequestException",
        "reason": "Transcribe.BadRequestException",
        "cause": "The media format is wrong. (Service: Transcribe, Status Code: 400)",
        "input": INPUT,
        "execution": "execution-arn",
        "failed_at": "2026-03-02T00:10:00Z",
    }


def test_a_refusal_is_recorded_with_its_reason():
    cause = wrapped("Refused", "unsupported: it looks like a PDF; allowed: wav")
    record = record_of(EVENT | {"error": "Refused", "cause": cause}, None)
    assert (record["error"], record["reason"]) == ("Refused", "unsupported")
    assert record["cause"] == "unsupported: it looks like a PDF; allowed: wav"


def test_a_refusal_of_somebody_elses_has_no_reason_of_ours():
    assert record_of(EVENT | {"error": "Refused", "cause": "who knows: x"}, None)["reason"] == (
        "Refused"
    )


@pytest.mark.parametrize(
    ("error", "cause", "unwrapped"),
    [
        ("Incomplete", wrapped("Incomplete", "chunk 7"), ("Incomplete", "chunk 7")),
        ("States.TaskFailed", wrapped("ClientError", "slow"), ("ClientError", "slow")),
        ("Lambda.Unknown", "no JSON", ("Lambda.Unknown", "no JSON")),
        ("Runtime.ExitError", wrapped("Runtime.ExitError", "oom"), ("Runtime.ExitError", "oom")),
        ("X", '{"errorType": "X"}', ("X", "")),
        ("X", '{"Error": "E", "Cause": "C"}', ("X", '{"Error": "E", "Cause": "C"}')),
        ("X", "7", ("X", "7")),
        ("X", None, ("X", "")),
        ("X", {"a": 1}, ("X", '{"a": 1}')),
        ("X", "[" * 100_000, ("X", "[" * 100_000)),
    ],
)
def test_a_functions_error_is_taken_out_of_its_wrapping(error, cause, unwrapped):
    assert unpacked(error, cause) == unwrapped


def test_what_a_child_left_behind_is_the_real_failure():
    record = record_of(EVENT | MANY_FAILED, FIRST)
    assert (record["state"], record["error"], record["cause"]) == (
        "TranslateText",
        "Translate.TextSizeLimitExceededException",
        "x",
    )
    assert record["input"] == INPUT


def test_what_an_attempt_before_left_behind_is_not():
    second = {"input": INPUT | {"attempt": 2}}
    assert record_of(EVENT | second, FIRST)["state"] == "StartTranscription"
    assert record_of(EVENT | second, FIRST | {"attempt": 1})["state"] == "StartTranscription"
    assert record_of(EVENT | second, FIRST | {"attempt": 2})["state"] == "TranslateText"
    assert record_of(EVENT | second | MANY_FAILED, FIRST)["state"] == "TranslateText"
    record = record_of(EVENT | second | MANY_FAILED, FIRST | {"attempt": 1})
    assert (record["state"], record["attempt"]) == ("TranslateChunks", 2)


@pytest.mark.parametrize("first", ["x", 7, [], {}, {"error": ""}, {"state": "A"}])
def test_what_is_no_failure_is_passed_over(first):
    assert record_of(EVENT, first) == record_of(EVENT, None)


def test_a_long_cause_is_cut():
    for cause in ("x" * 9000, wrapped("E", "x" * 9000)):
        short = record_of(EVENT | {"cause": cause}, None)["cause"]
        assert len(short) == MAX_CAUSE_CHARACTERS
        assert short.endswith("x...")
    exact = "x" * MAX_CAUSE_CHARACTERS
    assert record_of(EVENT | {"cause": exact}, None)["cause"] == exact


def test_the_day_is_that_of_the_event():
    assert time_of(EVENT) == "2026-03-01T23:59:59Z"
    assert time_of({"failed_at": "2026-03-02T00:10:00Z"}) == "2026-03-02T00:10:00Z"
    with pytest.raises(ValueError, match="neither"):
        time_of({"input": {"event_time": "x"}})


@pytest.mark.parametrize("wrong", [None, 7, "", "a/b", "../x", "x" * 81, "é"])
def test_a_start_by_hand_without_an_id_gets_one(wrong):
    document_id = document_id_of({"input": {"document_id": wrong}, "execution": "e"})
    assert len(document_id) == 32
    assert document_id == document_id_of({"execution": "e"}) != document_id_of({"execution": "f"})


@given(
    st.dictionaries(
        st.sampled_from([*EVENT]),
        st.none() | st.text() | st.integers() | st.lists(st.text()) | st.just(INPUT),
    ),
    st.none() | st.text() | st.dictionaries(st.sampled_from(["error", "attempt"]), st.text()),
)
def test_no_event_is_too_strange(event, first):
    record = record_of(event, first)
    assert isinstance(json.dumps(record), str)
    assert record["error"]
    assert record["reason"]
