"""Time-outs of tasks and executions, retries and what they wait."""

import pytest

from sandbox.services.stepfunctions import attempts
from sandbox.services.stepfunctions.start_quota import Bucket

SLOW = "import time\ndef handler(event, context):\n    time.sleep(event['seconds'])\n"
BROKEN = "def handler(event, context):\n    raise ValueError('no')\n"


def test_an_execution_that_takes_too_long_is_timed_out_without_error(start):
    run = start({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}, TimeoutSeconds=1)
    ended = run.end()
    assert ended["status"] == "TIMED_OUT"
    assert not {"error", "cause", "output"} & ended.keys()
    assert run.events()[-1]["type"] == "ExecutionTimedOut"
    assert run.events()[-1]["previousEventId"] == 0
    assert run.details("ExecutionTimedOut") == [{"error": "States.Timeout"}]


def test_a_task_that_takes_too_long_fails(start, task, function):
    name = function(SLOW)
    arguments = {"FunctionName": name, "Payload": {"seconds": 5}}
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Say"}]
    flow = {
        "Call": task("lambda:invoke", arguments, TimeoutSeconds=1, Catch=catch),
        "Say": {"Type": "Succeed"},
    }
    run = start(flow)
    assert run.output() == {"Error": "States.Timeout", "Cause": ""}
    assert "TaskTimedOut" in run.kinds()


def test_a_state_tries_as_often_as_its_retry_says(start, task, sandbox, faults, table):
    faults([{"action": "dynamodb:DescribeTable", "code": "InternalServerError", "status": 500}])
    retry = [
        {"ErrorEquals": ["Other"], "MaxAttempts": 9, "IntervalSeconds": 1},
        {
            "ErrorEquals": ["DynamoDb.InternalServerErrorException"],
            "IntervalSeconds": 1,
            "MaxDelaySeconds": 2,
            "BackoffRate": 1,
            "MaxAttempts": 2,
            "JitterStrategy": "FULL",
        },
    ]
    call = task("aws-sdk:dynamodb:describeTable", {"TableName": table}, Retry=retry)
    run = start({"Call": call})
    assert run.error()[0] == "DynamoDb.InternalServerErrorException"
    assert run.kinds().count("TaskFailed") == 3
    assert faults()[0]["hits"] == 3


def test_a_retry_of_no_attempts_goes_to_the_catch_at_once(start, task):
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Say"}]
    call = task("aws-sdk:dynamodb:describeTable", {"TableName": "none"}, Retry=retry, Catch=catch)
    run = start({"Call": call, "Say": {"Type": "Succeed", "Output": "caught"}})
    assert run.output() == "caught"
    assert run.kinds().count("TaskFailed") == 1


def test_a_retry_sees_its_count(start, task, faults, table):
    faults([{"action": "dynamodb:UpdateItem", "code": "InternalServerError", "times": 1}])
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "JitterStrategy": "FULL"}]
    arguments = {
        "TableName": table,
        "Key": {"id": {"S": "{% $string($states.context.State.RetryCount) %}"}},
    }
    run = start({"Call": task("aws-sdk:dynamodb:updateItem", arguments, Retry=retry)})
    assert run.end()["status"] == "SUCCEEDED"
    assert '"S":"1"' in run.details("TaskScheduled")[1]["parameters"]


@pytest.mark.parametrize(
    ("retrier", "delays"),
    [
        ({}, [1, 2, 4]),
        ({"IntervalSeconds": 3, "BackoffRate": 1.5}, [3, 4.5, 6.75]),
        ({"BackoffRate": 10, "MaxDelaySeconds": 60}, [1, 10, 60]),
        ({"BackoffRate": 1}, [1, 1, 1]),
    ],
)
def test_delays_grow_up_to_their_limit(retrier, delays):
    assert [attempts.delay(retrier, tried) for tried in range(3)] == delays


def test_a_delay_without_limit_ends_after_a_year():
    assert attempts.delay({"BackoffRate": 10}, 5000) == 31_622_400


def test_full_jitter_waits_any_part_of_the_delay():
    drawn = [attempts.delay({"JitterStrategy": "FULL"}, 3) for _ in range(200)]
    assert min(drawn) < 2 < 6 < max(drawn) <= 8


def test_waits_follow_the_emulators_scale_of_time(start, scale):
    scale(0.001)
    flow = {"Wait": {"Type": "Wait", "Seconds": 900, "End": True}}
    assert start(flow, {"a": 1}).output() == {"a": 1}


def test_a_bucket_is_emptied_and_refills():
    now = [0.0]
    bucket = Bucket(1300, 300, clock=lambda: now[0])
    assert sum(bucket.take() for _ in range(2000)) == 1300
    now[0] = 0.5
    assert sum(bucket.take() for _ in range(2000)) == 150
    now[0] = 1000
    assert sum(bucket.take() for _ in range(2000)) == 1300
