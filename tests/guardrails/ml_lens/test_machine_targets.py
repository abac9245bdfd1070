"""REL4."""

import json

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.machine_targets import RULE
from guardrails.ml_lens.machines import MACHINE

END = {"Type": "Succeed"}


def machine(states, start="A"):
    return one(MACHINE, DefinitionString=json.dumps({"StartAt": start, "States": states}))


def inside(states):
    branch = {"StartAt": "A", "States": states}
    return machine({"A": {"Type": "Parallel", "Branches": [branch], "End": True}})


BAD = [
    {"A": {"Type": "Pass", "Next": "B"}},
    {"A": {"Type": "Pass"}},
    {"A": {"Type": "Pass", "Next": "B", "End": True}, "B": END},
    {"A": {"Type": "Choice", "Choices": [{"Next": "B"}]}},
    {"A": {"Type": "Choice", "Default": "B"}, "B": END},
    {"A": {"Type": "Task", "Catch": [{"ErrorEquals": ["x"], "Next": "B"}], "End": True}},
    {"A": END, "B": END},
    {"A": {"Type": "Done"}},
    {
        "A": {
            "Type": "Task",
            "End": True,
            "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["x"]}],
        }
    },
]


@pytest.mark.parametrize("states", BAD)
def test_a_machine_that_is_not_whole_is_found(found_in, states):
    assert len(found_in(RULE, machine(states))) == 1
    assert len(found_in(RULE, inside(states))) == 1


def test_a_start_that_is_no_state_is_found(found_in):
    assert found_in(RULE, machine({"A": END}, start="B"))


def test_a_whole_machine_passes(found_in):
    choice = {"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "C"}
    waiting = {"Type": "Wait", "Seconds": 1, "Next": "A"}
    assert found_in(RULE, machine({"A": choice, "B": END, "C": waiting})) == []
