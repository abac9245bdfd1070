"""Tasks as they are written: what they call, which errors are for good, what is left out."""

from typing import Any

import botocore.session
import pytest

from stacks.service_chain.stages.asl import invoke
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.shared.asl import ERROR_PREFIXES, FOR_GOOD, call, catch

REDACT = FunctionSpec("Redact", entry="redact", timeout_seconds=5)
BOTOCORE = {
    "applicationautoscaling": "application-autoscaling",
    "emrserverless": "emr-serverless",
    "sfn": "stepfunctions",
}


def test_a_task_that_catches_and_keeps_nothing_says_nothing_of_it():
    least: dict[str, Any] = {"next_": None, "catches": []}
    for task in (call("sns", "publish", {}, **least), invoke(REDACT, {}, room={}, **least)):
        assert not {"Catch", "Assign", "Next"} & set(task)
        assert (task["End"], task["Output"]) == (True, {})


def test_a_task_says_what_it_catches_and_keeps():
    caught = catch("States.ALL", next_="Fail")
    more: dict[str, Any] = {"next_": "On", "catches": [caught], "assign": {"reply": 1}, "output": 2}
    for task in (call("sns", "publish", {}, **more), invoke(REDACT, {}, room={}, **more)):
        assert (task["Catch"], task["Assign"], task["Output"]) == ([caught], {"reply": 1}, 2)
        assert (task["Next"], "End" in task) == ("On", False)


def test_a_task_waits_longer_than_its_function_may_take():
    assert invoke(REDACT, {}, room={}, next_=None, catches=[])["TimeoutSeconds"] > 5


def test_a_refusal_is_never_tried_again(make_machine):
    identify = make_machine()["States"]["Identify"]
    refused = next(r for r in identify["Retry"] if "Refused" in r["ErrorEquals"])
    assert refused["MaxAttempts"] == 0
    incomplete = next(r for r in identify["Retry"] if "Incomplete" in r["ErrorEquals"])
    assert incomplete["MaxAttempts"] == 2


@pytest.mark.parametrize("service", FOR_GOOD)
def test_an_error_that_is_for_good_is_one_that_the_service_has(service):
    model = botocore.session.get_session().get_service_model(BOTOCORE.get(service, service))
    # The Java SDK, whose names count, ends them all alike.
    known = {f"{name.removesuffix('Exception')}Exception" for name in model.shape_names}
    assert set(FOR_GOOD[service]) <= known


def test_every_call_of_the_machines_is_an_operation_of_its_service(states_of, machines):
    session = botocore.session.get_session()
    calls = {
        state["Resource"].partition("aws-sdk:")[2].removesuffix(".waitForTaskToken")
        for machine in machines.values()
        for _, state in states_of(machine)
        if "aws-sdk:" in state.get("Resource", "")
    }
    pairs = [called.split(":") for called in calls]
    assert {service for service, _ in pairs} <= set(ERROR_PREFIXES)
    for service, action in pairs:
        model = session.get_service_model(BOTOCORE.get(service, service))
        assert action[0].upper() + action[1:] in model.operation_names
