"""REL3."""

import json

import pytest

from guardrails.ml_lens.machine_errors import RULE

RETRY = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}]
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}]
ARN = {"Fn::GetAtt": ["Function", "Arn"]}


@pytest.fixture
def problems(found):
    def check(*, as_text=True, **states):
        definition = {"StartAt": next(iter(states)), "States": states}
        written = json.dumps(definition) if as_text else definition
        machine = {"DefinitionString" if as_text else "Definition": written}
        problems = found(RULE, Chain=("AWS::StepFunctions::StateMachine", machine))
        return [(p.location.rpartition(".")[2], p.detail) for p in problems]

    return check


def task(**fields):
    return {"Type": "Task", "Retry": RETRY, "TimeoutSeconds": 5, **fields}


@pytest.mark.parametrize("as_text", [True, False])
def test_a_task_that_retries_and_ends_or_is_caught_passes(problems, as_text):
    caught = {"Type": "Task", "Retry": RETRY, "Catch": CATCH}
    assert problems(as_text=as_text, One=task(), Two=caught, Done={"Type": "Succeed"}) == []


@pytest.mark.parametrize("retry", [[], [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}]])
def test_a_task_that_never_retries_is_found(problems, retry):
    assert problems(One=task(Retry=retry)) == [("One", "has no Retry")]


def test_a_task_that_may_hang_and_fail_uncaught_is_found(problems):
    assert problems(One={"Type": "Task", "Retry": RETRY}) == [
        ("One", "has neither a Catch, nor one around it, nor TimeoutSeconds")
    ]


@pytest.mark.parametrize("processor", ["ItemProcessor", "Iterator"])
def test_a_catch_around_a_map_is_one_for_all_inside(problems, processor):
    inside = {"StartAt": "In", "States": {"In": {"Type": "Task", "Retry": RETRY}}}
    assert problems(Each={"Type": "Map", processor: inside, "Catch": CATCH}) == []
    assert [name for name, _ in problems(Each={"Type": "Map", processor: inside})] == ["In"]


def test_branches_are_looked_into(problems):
    branch = {"StartAt": "In", "States": {"In": {"Type": "Task", "TimeoutSeconds": 1}}}
    assert problems(Both={"Type": "Parallel", "Branches": [branch]}) == [("In", "has no Retry")]


def test_references_in_a_definition_are_no_hindrance(found):
    definition = json.dumps({"StartAt": "One", "States": {"One": task(Resource="HERE")}})
    before, after = definition.split("HERE")
    joined = {"Fn::Join": ["", [before, ARN, after]]}
    machine = ("AWS::StepFunctions::StateMachine", {"DefinitionString": joined})
    assert found(RULE, Chain=machine) == []


def test_a_definition_that_cannot_be_read_is_a_finding(found):
    machine = ("AWS::StepFunctions::StateMachine", {"DefinitionString": "no JSON"})
    (problem,) = found(RULE, Chain=machine)
    assert "cannot be decided" in problem.detail
