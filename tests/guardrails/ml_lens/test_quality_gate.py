"""DQ1."""

import copy
from typing import Any

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.quality_gate import RULE

GOOD: dict[str, Any] = dict(RULE.compliant["It"]["Properties"]["Definition"])
JOB = GOOD["States"]["Build"]


@pytest.fixture
def told(found_in):
    """Change the states of a machine that looks first; gives what is found of it."""

    def found(starts_at=None, **changes):
        states = copy.deepcopy(GOOD["States"]) | changes
        states = {name: body for name, body in states.items() if body is not None}
        machine = {"StartAt": starts_at or GOOD["StartAt"], "States": states}
        return [f.location.split(".")[-1] for f in found_in(RULE, one(MACHINE, Definition=machine))]

    return found


def event(kind):
    return {
        **GOOD["States"]["Tell"],
        "Arguments": {"Entries": [{"DetailType": kind, "Source": "lake", "Detail": "{}"}]},
    }


def choice(condition, good="Tell", bad="Refuse"):
    return {
        "Type": "Choice",
        "Choices": [{"Condition": condition, "Next": good}],
        "Default": bad,
    }


def test_a_machine_that_looks_before_it_tells_passes(told):
    assert told() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"Build": {**JOB, "Next": "Tell"}},
        {"Build": {**JOB, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]}},
        {"IsGood": choice("{% $score = 1 %}", bad="Tell")},  # it is told either way
        {"IsGood": choice("{% $now > 1 %}")},  # of something else
        {
            "Read": {
                **GOOD["States"]["Read"],
                "Resource": {"Fn::Sub": "arn:${AWS::Partition}:states:::aws-sdk:glue:getJobRun"},
            }
        },
        {"IsGood": choice("{% $score = 1 %}", good="Again"), "Again": {**JOB, "Next": "Tell"}},
    ],
    ids=["no look", "a way around", "no way out", "another question", "no result", "a job after"],
)
def test_what_is_told_without_a_look_is_found(told, changes):
    assert told(**changes) == ["Tell"]


@pytest.mark.parametrize("kind", ["Features Ready", "Data Available", "{% $kind %}", ""])
def test_news_that_lets_others_go_on_counts_or_may(told, kind):
    assert told(Build={**JOB, "Next": "Tell"}, Tell=event(kind)) == ["Tell"]


def test_news_of_a_failure_does_not(told):
    assert told(Build={**JOB, "Next": "Tell"}, Tell=event("Run Failed")) == []


def test_who_makes_no_data_may_tell_what_it_wants(told):
    assert told(Build={"Type": "Pass", "Next": "Tell"}) == []


def test_entries_that_the_input_chooses_may_say_anything(told):
    telling = {**GOOD["States"]["Tell"], "Arguments": {"Entries": "{% $entries %}"}}
    assert told(Build={**JOB, "Next": "Tell"}, Tell=telling) == ["Tell"]


def test_a_look_by_the_input_of_the_next_state_is_one(told):
    read = {k: v for k, v in GOOD["States"]["Read"].items() if k != "Assign"}
    assert told(Read=read, IsGood=choice("{% $states.input.Score = 1 %}")) == []
    assert told(Read=read, IsGood=choice("{% $states.context.Execution.Name = 'a' %}")) == ["Tell"]
    paths = {"Type": "Choice", "Choices": [{"Variable": "$.Score", "NumericEquals": 1,
                                            "Next": "Tell"}], "Default": "Refuse"}  # fmt: skip
    assert told(Read=read, IsGood=paths) == []


def inside(checked):
    """Look at each of several tables in a map."""
    states = {
        "Read": GOOD["States"]["Read"],
        "IsGood": choice("{% $score = 1 %}", good="Good"),
        "Good": {"Type": "Succeed"},
        "Refuse": {"Type": "Fail"},
    }
    if not checked:
        states["Refuse"] = {"Type": "Succeed"}
    return {
        "Type": "Map",
        "ItemProcessor": {"StartAt": "Read", "States": states},
        "Next": "Tell",
    }


@pytest.mark.parametrize(("checked", "expected"), [(True, []), (False, ["Tell"])])
def test_a_map_that_fails_unless_all_are_good_is_a_look(told, checked, expected):
    changed = {"Build": {**JOB, "Next": "Each"}, "Each": inside(checked)}
    assert told(Read=None, IsGood=None, Refuse=None, **changed) == expected


def test_a_job_and_news_of_it_inside_of_a_branch_are_found(told):
    branch = {
        "StartAt": "Build",
        "States": {"Build": {**JOB, "Next": "Tell"}, "Tell": event("Ready")},
    }
    both = {"Type": "Parallel", "Branches": [branch], "End": True}
    assert told(starts_at="Both", Both=both) == ["Tell"]


def test_a_definition_that_nobody_can_read_is_found(found_in):
    unread = {"Fn::ImportValue": "definition"}
    assert len(found_in(RULE, one(MACHINE, DefinitionString=unread))) == 1
