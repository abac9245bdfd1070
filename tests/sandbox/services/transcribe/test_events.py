"""The event that says that a job is over: sent, and under faults lost, doubled or late."""

import json
import time

import pytest

from fixtures.speech.silence import silence

CHANGE = {"source": ["aws.transcribe"], "detail-type": ["Transcribe Job State Change"]}
LOST_AFTER = 1.0  # seconds without an event that would have come at once


@pytest.fixture
def announced(sandbox, queue, unique):
    """Hear of the jobs of one test; gives the function that receives what was sent so far."""
    url, arn = queue()
    sqs, events, rule = sandbox.client("sqs"), sandbox.client("events"), unique("rule")
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        },
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    pattern = CHANGE | {"detail": {"TranscriptionJobName": [{"prefix": f"{rule}-"}]}}
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])

    def receive():
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]

    yield f"{rule}-job", receive
    events.remove_targets(Rule=rule, Ids=["queue"])
    events.delete_rule(Name=rule)


def test_the_end_of_a_job_is_an_event(sandbox, put, run, announced, eventually):
    name, receive = announced
    job = run(put("a.wav", silence(1)), TranscriptionJobName=name)
    [event] = eventually(receive)
    identity = sandbox.client("sts").get_caller_identity()
    assert event["source"] == "aws.transcribe"
    assert event["detail-type"] == "Transcribe Job State Change"
    assert (event["account"], event["region"]) == (identity["Account"], "us-east-1")
    assert event["detail"] == {
        "TranscriptionJobName": name,
        "TranscriptionJobStatus": "COMPLETED",
    }
    assert job["TranscriptionJobStatus"] == "COMPLETED"


def test_a_failure_is_an_event_with_its_reason(put, run, announced, eventually):
    name, receive = announced
    job = run(put("a.wav", b"no sound"), TranscriptionJobName=name)
    [event] = eventually(receive)
    assert event["detail"] == {
        "TranscriptionJobName": name,
        "TranscriptionJobStatus": "FAILED",
        "FailureReason": job["FailureReason"],
    }


def test_an_event_can_be_lost(put, run, announced, faults):
    name, receive = announced
    faults([{"event": "eventbridge", "source": "aws.transcribe", "lose": 1}])
    job = run(put("a.wav", silence(1)), TranscriptionJobName=name)
    assert job["TranscriptionJobStatus"] == "COMPLETED"
    time.sleep(LOST_AFTER)
    assert receive() == []


def test_an_event_can_come_twice(put, run, announced, faults, eventually):
    name, receive = announced
    faults([{"event": "eventbridge", "source": "aws.transcribe", "duplicate": 1}])
    run(put("a.wav", silence(1)), TranscriptionJobName=name)
    first = eventually(receive)
    ids = [event["id"] for event in first] + [
        event["id"] for event in (eventually(receive) if len(first) == 1 else [])
    ]
    assert len(ids) == 2
    assert len(set(ids)) == 1
