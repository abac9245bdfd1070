"""Starting executions: one for each version, and a message fails alone."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from runtime.errors import PermissionMissingError
from runtime.object_events import event_object
from service_chain import start_chain
from service_chain.inbox_objects import InboxObject
from testing.clock import Clock

NOW = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


def message(key="a.wav", name=None, version="v1"):
    thing = {"key": key, "size": 5, "version-id": version}
    event = {
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": "2026-03-01T09:00:05Z",
        "detail": {"bucket": {"name": "inbox"}, "object": thing},
    }
    return {"messageId": name or key, "body": json.dumps(event)}


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    still = SimpleNamespace(monotonic=clock, sleep=clock.sleep, time=NOW.timestamp)
    monkeypatch.setattr(start_chain, "time", still)
    return clock


@pytest.fixture
def run(aws, clock, context, log):
    def invoke(*messages, milliseconds=120_000):
        context.get_remaining_time_in_millis = lambda: milliseconds
        reply = start_chain.handler({"Records": list(messages)}, context)
        return [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]

    yield invoke
    assert "Stub" not in log()  # the function takes its complaint for an error of AWS's


def starts(aws, sent, at=NOW):
    (arrival,) = event_object(sent["body"], InboxObject)
    request = {
        "stateMachineArn": "machine-arn",
        "name": arrival.execution_name,
        "input": json.dumps(arrival.execution_input(), ensure_ascii=False, separators=(",", ":")),
    }
    aws.answers("start_execution", {"executionArn": "execution-arn", "startDate": at}, request)


def test_each_version_starts_one_execution(run, aws, metrics):
    first, second = message("São Paulo/a b.wav"), message("b.txt")
    starts(aws, first)
    starts(aws, second)
    assert run(first, second, message("b.txt", "again"), message("folder", version=None)) == [
        "folder"
    ]
    assert metrics(service="ServiceChain") == {
        "DocumentsStarted": [2],
        "DocumentsDuplicated": [1],
        "DocumentsToComeAgain": [0],
        "MessagesNotUnderstood": [1],
    }


def test_a_document_that_is_done_is_not_started_again_and_the_message_is(run, aws, metrics):
    aws.fails("start_execution", "ExecutionAlreadyExists")
    assert run(message()) == []
    assert metrics(service="ServiceChain")["DocumentsDuplicated"] == [1]


def test_a_document_that_is_at_work_is_known_by_its_start(run, aws, metrics):
    starts(aws, message(), at=NOW - timedelta(seconds=30))
    assert run(message()) == []
    counts = metrics(service="ServiceChain")
    assert (counts["DocumentsStarted"], counts["DocumentsDuplicated"]) == ([0], [1])


def test_a_start_that_a_clock_rounds_down_is_new(run, aws, metrics):
    starts(aws, message(), at=NOW - timedelta(seconds=1))
    assert run(message()) == []
    assert metrics(service="ServiceChain")["DocumentsStarted"] == [1]


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 400), ("ExecutionLimitExceeded", 400), ("InternalFailure", 500)],
)
def test_what_cannot_be_started_now_comes_again_and_costs_no_other(run, aws, metrics, code, status):
    aws.fails("start_execution", code, status=status)
    starts(aws, message("b.wav"))
    assert run(message("a.wav"), message("a.wav", "twin"), message("b.wav")) == ["a.wav", "twin"]
    assert metrics(service="ServiceChain")["DocumentsToComeAgain"] == [1]


def test_starts_keep_their_pace(run, aws, clock):
    messages = [message(f"{n}.wav") for n in range(4)]
    for one in messages:
        starts(aws, one)
    assert run(*messages) == []
    assert clock.sleeps == pytest.approx([0.1, 0.1, 0.1])


def test_what_there_is_no_time_for_comes_again(run, aws):
    messages = [message(f"{n}.wav") for n in range(4)]
    starts(aws, messages[0])
    starts(aws, messages[1])
    assert run(*messages, milliseconds=300) == ["2.wav", "3.wav"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "KmsAccessDeniedException"])
def test_a_missing_permission_is_an_error_of_the_function(run, aws, code):
    aws.fails("start_execution", code)
    starts(aws, message("b.wav"))
    with pytest.raises(PermissionMissingError, match=r"states:StartExecution"):
        run(message("a.wav"), message("b.wav"))


def test_the_log_names_no_key(run, aws, log):
    aws.fails("start_execution", "ThrottlingException")
    assert run(message("jane-doe.wav"), {"messageId": "bad", "body": "jane"}) == [
        "jane-doe.wav",
        "bad",
    ]
    assert "document has to come again" in log()
    assert "message not understood" in log()
    assert "jane" not in log()


@pytest.mark.parametrize(
    ("name", "value"),
    [("STARTS_PER_SECOND", "0"), ("STARTS_PER_SECOND", "fast"), ("STATE_MACHINE_ARN", " ")],
)
def test_a_wrong_setting_stops_it_before_its_first_call(run, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"{name} is .*; want"):
        run(message())
