"""AWS/Lambda counts each invocation once, however it came about."""

import datetime as dt

import pytest

BROKEN = "def handler(event, context):\n    raise ValueError('broken')\n"
READING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


@pytest.fixture
def total(sandbox):
    """Add up a metric of a function."""

    def add(name, metric):
        now = sandbox.now()
        found = sandbox.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": "FunctionName", "Value": name}],
            StartTime=now - dt.timedelta(minutes=5),
            EndTime=now + dt.timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in found["Datapoints"])

    return add


def test_a_failure_of_a_queues_function_is_counted_like_a_callers(
    function, queue, sandbox, invoke, total, eventually
):
    reading = [{"Effect": "Allow", "Action": sorted(READING), "Resource": "*"}]
    name = function(BROKEN, policy=reading)
    invoke(name)
    assert (total(name, "Invocations"), total(name, "Errors")) == (1, 1)
    url, arn = queue(VisibilityTimeout="60")
    sandbox.client("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName=name)
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    assert eventually(lambda: total(name, "Errors") == 2)
    assert total(name, "Invocations") == 2


def test_an_event_is_counted_when_it_is_run_and_a_throttle_when_it_is_not(
    function, sandbox, total, eventually
):
    name = function(BROKEN)
    functions = sandbox.client("lambda", retries={"total_max_attempts": 1})
    functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    functions.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    assert eventually(lambda: total(name, "Errors") == 1)
    assert total(name, "Invocations") == 1
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(functions.exceptions.TooManyRequestsException):
        functions.invoke(FunctionName=name, Payload=b"{}")
    assert (total(name, "Throttles"), total(name, "Errors")) == (1, 1)
