"""Time that nobody waits for may be skipped, and never while anything is under way."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core import in_flight
from sandbox.host import client
from sandbox.services.sqs.hidden_messages import bring_forward

NOW = 1_800_000_000.0
MOMENTS = st.lists(st.floats(NOW - 100_000, NOW + 100_000), max_size=30)
SLOW = "import time\ndef handler(event, context):\n    time.sleep(2)\n"


@given(MOMENTS)
def test_the_next_becomes_visible_and_all_move_alike(moments):
    messages = [{"visible_at": moment} for moment in moments]
    seconds = bring_forward(messages, NOW)
    hidden = [moment for moment in moments if moment > NOW]
    assert seconds == (min(hidden) - NOW if hidden else 0)
    for before, message in zip(moments, messages, strict=True):
        moved = before - seconds if before > NOW else before
        assert message["visible_at"] == pytest.approx(moved, abs=1e-5)
    assert (not hidden) or min(m["visible_at"] for m in messages) <= NOW


@given(MOMENTS)
def test_in_the_end_everything_is_visible_in_the_order_of_before(moments):
    messages = [{"visible_at": moment, "n": n} for n, moment in enumerate(moments)]
    seen, skipped = [], 0.0
    for _ in range(len(messages) + 1):
        seen += [m for m in messages if m["visible_at"] <= NOW and m not in seen]
        skipped += bring_forward(messages, NOW)
    assert len(seen) == len(messages)
    assert skipped == pytest.approx(max([m - NOW for m in moments if m > NOW], default=0), abs=1e-3)
    late = [moments[m["n"]] for m in seen if moments[m["n"]] > NOW]
    assert late == sorted(late)


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


def test_not_while_an_execution_waits(sandbox, unique, role_of):
    states = sandbox.client("stepfunctions")
    wait = '{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}'
    name = unique("waiting")
    machine = states.create_state_machine(
        name=name, definition=wait, roleArn=role_of("sqs:SendMessage")
    )["stateMachineArn"]
    run = states.start_execution(stateMachineArn=machine)["executionArn"]
    busy = sandbox.pass_time()
    states.stop_execution(executionArn=run)
    assert busy["seconds"] == 0
    assert busy["under_way"]["execution"] >= 1


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
