"""Time that nobody waits for may be skipped, and never while anything is under way."""

import json
import threading
import time

import pytest

from sandbox.core import in_flight
from sandbox.host import client

SLOW = "import time\ndef handler(event, context):\n    time.sleep(2)\n"


@pytest.fixture(scope="module")
def sandbox():
    """Start one that no other test uses: what those leave at work would never be over."""
    with client.start() as running:
        yield running


def received(sandbox, url):
    reply = sandbox.client("sqs").receive_message(QueueUrl=url)
    return [message["Body"] for message in reply.get("Messages", ())]


def test_a_message_need_not_be_waited_for(sandbox, queue, eventually):
    url, _ = queue(VisibilityTimeout="600")
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)
    assert received(sandbox, url) == []
    assert eventually(lambda: sandbox.pass_time()["seconds"] > 800 or received(sandbox, url))
    assert eventually(lambda: received(sandbox, url)) == ["late"]
    assert received(sandbox, url) == []  # its visibility timeout begins in full
    assert eventually(lambda: sandbox.pass_time()["seconds"] > 500 or received(sandbox, url))


def test_not_while_a_function_runs(sandbox, function, invoke):
    name = function(SLOW)
    running = threading.Thread(target=invoke, args=(name,))
    running.start()
    time.sleep(0.8)
    busy = sandbox.pass_time()
    running.join()
    assert busy["seconds"] == 0
    assert busy["under_way"]["function"] == 1


def test_not_while_a_request_is_open(sandbox, queue):
    url, _ = queue()
    client = sandbox.client("sqs")
    polling = threading.Thread(
        target=client.receive_message, kwargs={"QueueUrl": url, "WaitTimeSeconds": 2}
    )
    polling.start()
    time.sleep(0.8)
    busy = sandbox.pass_time()
    polling.join()
    assert busy["seconds"] == 0
    assert busy["under_way"]["request"] == 1


@pytest.fixture
def started(sandbox, unique, role_of):
    """Start an execution of these states; gives what tells its end, and its history."""
    states = sandbox.client("stepfunctions")

    def start(flow):
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(flow)), "States": flow}
        machine = states.create_state_machine(
            name=unique("machine"),
            definition=json.dumps(definition),
            roleArn=role_of("comprehend:DetectDominantLanguage"),
        )["stateMachineArn"]
        run = states.start_execution(stateMachineArn=machine)["executionArn"]
        history = {"executionArn": run, "maxResults": 1000}
        return (
            lambda: states.describe_execution(executionArn=run)["status"] != "RUNNING",
            lambda: states.get_execution_history(**history)["events"],
        )

    return start


@pytest.fixture
def detect(sandbox):
    """Spell a task that calls Comprehend."""
    partition = sandbox.client("sts").get_caller_identity()["Arn"].split(":")[1]
    resource = f"arn:{partition}:states:::aws-sdk:comprehend:detectDominantLanguage"
    task = {"Type": "Task", "Resource": resource, "Arguments": {"Text": "hello"}, "End": True}
    return lambda **more: {"Detect": task | more}


def passed(sandbox, ended):
    """Skip until it is so; the seconds of each skip."""
    skips, until = [], time.monotonic() + 20
    while not ended():
        assert time.monotonic() < until, sandbox.pass_time()
        skips.append(sandbox.pass_time()["seconds"])
    return [seconds for seconds in skips if seconds]


def moments(history, kind):
    return [event["timestamp"].timestamp() for event in history if event["type"] == kind]


def test_a_wait_is_skipped_and_every_clock_of_the_history_has_seen_it(sandbox, started):
    wait = {"Type": "Wait", "Seconds": 600, "Next": "Say"}
    say = {"Type": "Pass", "Output": "{% $millis() %}", "End": True}
    ended, history = started({"Wait": wait, "Say": say})
    assert passed(sandbox, ended) == [pytest.approx(600, abs=10)]
    (entered,), (left,) = (moments(history(), f"WaitState{what}") for what in ("Entered", "Exited"))
    assert left - entered == pytest.approx(600, abs=10)
    said = json.loads(history()[-1]["executionSucceededEventDetails"]["output"]) / 1000
    assert said == pytest.approx(left, abs=10)


def test_pauses_between_tries_and_delays_are_skipped_in_their_order(
    sandbox, started, detect, faults
):
    slow = {"action": "comprehend:DetectDominantLanguage", "delay": 50}
    faults([{**slow, "code": "InternalServerException"}])
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "MaxAttempts": 2}]
    ended, history = started(detect(Retry=retry))
    assert passed(sandbox, ended) == [pytest.approx(s, abs=10) for s in (50, 100, 50, 200, 50)]
    began, failed = (moments(history(), f"Task{what}") for what in ("Scheduled", "Failed"))
    assert [b - a for a, b in zip(began, failed, strict=True)] == [pytest.approx(50, abs=10)] * 3
    assert began[2] - failed[1] == pytest.approx(200, abs=10)


def test_a_task_times_out_although_nobody_waited_so_long(sandbox, started, detect, faults):
    faults([{"action": "comprehend:DetectDominantLanguage", "delay": 5000}])
    ended, history = started(detect(TimeoutSeconds=1000))
    assert passed(sandbox, ended) == [pytest.approx(1000, abs=10)]
    assert "TaskTimedOut" in {event["type"] for event in history()}
    assert sandbox.pass_time()["seconds"] == pytest.approx(4000, abs=20), "the call still rests"


def test_any_thread_that_is_not_known_to_wait_is_at_work():
    over = threading.Event()
    timer = threading.Timer(60, over.set)
    timer.name = "anything"
    timer.start()
    try:
        assert in_flight.under_way()["thread anything"] == 1
    finally:
        timer.cancel()
        timer.join()
    assert "thread anything" not in in_flight.under_way()


def test_what_is_counted_is_under_way_until_its_end():
    with in_flight.counted("it"), in_flight.counted("it"):
        assert in_flight.under_way()["it"] == 2
    assert "it" not in in_flight.under_way()


def test_an_alarm_rings_although_time_is_skipped_right_after(
    sandbox, queue, unique, function, invoke, eventually
):
    cloudwatch, name = sandbox.client("cloudwatch"), unique("alarm")
    broken = function("def handler(event, context):\n    raise ValueError('no')\n")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": broken}],
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        EvaluationPeriods=1,
        Period=60,
        Statistic="Sum",
        TreatMissingData="notBreaching",
    )
    while sandbox.pass_time()["seconds"]:  # what other tests left hidden
        pass
    url, _ = queue()
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)
    assert invoke(broken)[1]
    assert eventually(lambda: sandbox.pass_time()["seconds"] > 800)
    told = cloudwatch.describe_alarm_history(AlarmName=name)["AlarmHistoryItems"]
    assert any("to ALARM" in item["HistorySummary"] for item in told), told


def test_whoever_waits_looks_at_what_has_moved_before_time_is_skipped(
    sandbox, queue, started, eventually
):
    while sandbox.pass_time()["seconds"]:  # what other tests left hidden
        pass
    url, _ = queue()
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)
    ended, _ = started({"Say": {"Type": "Pass", "End": True}})
    assert eventually(ended)
    assert sandbox.pass_time()["seconds"] == 0
    assert eventually(lambda: sandbox.pass_time()["seconds"] > 800)


@pytest.fixture
def mapped(sandbox, queue, function):
    """Give the address of a queue whose messages a new function takes."""

    def make(code):
        rights = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        name = function(code, policy=[{"Effect": "Allow", "Action": rights, "Resource": "*"}])
        url, arn = queue()
        sandbox.client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=arn)
        return url

    return make


def test_the_pause_after_a_batch_that_failed_is_skipped(sandbox, mapped, eventually):
    url = mapped("def handler(event, context):\n    raise ValueError\n")
    sqs = sandbox.client("sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    while sandbox.pass_time()["seconds"]:  # what other tests left hidden
        pass
    sqs.send_message(QueueUrl=url, MessageBody="never taken")
    assert eventually(lambda: 0.3 < sandbox.pass_time()["seconds"] <= 1)


def test_time_is_skipped_for_who_asks_more_seldom_than_queues_are_looked_at(sandbox, queue, mapped):
    mapped("def handler(event, context): ...\n")
    while sandbox.pass_time()["seconds"]:  # what other tests left hidden
        pass
    url, _ = queue()
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)
    skipped: list[float] = []
    while not skipped or skipped[-1] < 800:
        time.sleep(1.2)  # the poller looks once a second where nobody wakes it
        skipped.append(sandbox.pass_time()["seconds"])
        assert len(skipped) < 5, skipped


def test_a_function_is_told_the_time_of_the_services(sandbox, queue, function, invoke, eventually):
    name = function("import time\ndef handler(event, context):\n    return time.time()\n")
    invoke(name)
    url, _ = queue()
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)
    assert eventually(lambda: sandbox.pass_time()["seconds"] > 800)
    told, _ = invoke(name)
    assert told == pytest.approx(sandbox.now().timestamp(), abs=10)
    assert told - time.time() > 800
