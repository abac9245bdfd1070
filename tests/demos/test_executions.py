"""Histories: visits, times and what they cost in steps."""

from datetime import UTC, datetime, timedelta

import pytest

from demos.executions import run_of

START = datetime(2026, 11, 21, tzinfo=UTC)


def entered(name, at, kind="Task"):
    return event(at, f"{kind}StateEntered", stateEnteredEventDetails={"name": name, "input": "{}"})


def left(name, at, kind="Task", output="{}"):
    details = {"name": name, "output": output}
    return event(at, f"{kind}StateExited", stateExitedEventDetails=details)


def asked(at, kind="aws-sdk:s3"):
    return event(at, "TaskScheduled", taskScheduledEventDetails={"resourceType": kind})


def event(at, kind, **details):
    return {"id": 1, "type": kind, "timestamp": START + timedelta(seconds=at), **details}


def run(*events, children=(), status="SUCCEEDED"):
    return run_of("name", status, events, children)


def test_time_in_a_state_is_from_its_entry_to_its_exit():
    found = run(entered("A", 1), left("A", 3.5)).states["A"]
    assert (found.times, found.seconds, found.failed) == (1, 2.5, False)


def test_visits_that_overlap_are_added_up():
    found = run(entered("A", 0), entered("A", 1), left("A", 4), left("A", 5)).states["A"]
    assert (found.times, found.seconds) == (2, 8)


def test_a_state_that_was_never_left_ends_with_its_execution():
    failed = run(entered("A", 0), event(2, "ExecutionFailed"), status="FAILED").states["A"]
    assert (failed.seconds, failed.failed) == (2, True)
    assert not run(entered("A", 0), event(2, "LambdaFunctionStarted")).states["A"].failed


def test_states_of_children_are_counted_with_those_of_their_parent():
    child = [entered("B", 0), asked(0, "lambda"), left("B", 1)]
    found = run(entered("A", 0), left("A", 2), children=[child, child])
    assert (found.states["B"].times, found.children) == (2, 2)
    assert (found.transitions, found.invocations) == (3, 2)


def test_a_retry_is_a_step_more():
    found = run(entered("A", 0), asked(0), asked(1), asked(2), left("A", 3))
    assert found.transitions == 3


@pytest.mark.parametrize("kind", ["Pass", "Choice", "Wait"])
def test_a_state_that_asks_nothing_is_one_step(kind):
    assert run(entered("A", 0, kind), left("A", 0, kind)).transitions == 1


def test_an_invocation_in_the_older_form_counts_as_well():
    assert run(event(0, "LambdaFunctionScheduled")).invocations == 1


def test_the_largest_state_is_measured_in_bytes():
    assert run(left("A", 0, output="é" * 10)).largest_state == 20


def test_the_trail_tells_the_order():
    found = run(entered("A", 0), left("A", 1), entered("B", 1), left("B", 2))
    assert [(s.state, s.entered) for s in found.trails[0]] == [
        ("A", True), ("A", False), ("B", True), ("B", False),
    ]  # fmt: skip
