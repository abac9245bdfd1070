"""LOG2."""

import copy
from typing import Any

import pytest

from guardrails.ml_lens.machine_logs import RULE

GOOD: dict[str, Any] = {
    "LoggingConfiguration": {
        "Level": "ALL",
        "IncludeExecutionData": False,
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Ref": "Group"}}}],
    },
    "TracingConfiguration": {"Enabled": True},
}


def changed(section, **changes):
    machine = copy.deepcopy(GOOD)
    machine[section] = {**machine[section], **changes}
    return machine


def test_a_machine_that_logs_all_but_data_and_is_traced_passes(found):
    assert found(RULE, Chain=("AWS::StepFunctions::StateMachine", GOOD)) == []


@pytest.mark.parametrize(
    "machine",
    [
        changed("LoggingConfiguration", Level="ERROR"),
        changed("LoggingConfiguration", IncludeExecutionData=True),
        changed("LoggingConfiguration", Destinations=[]),
        changed("TracingConfiguration", Enabled=False),
    ],
)
def test_any_other_is_found(found, machine):
    problems = found(RULE, Chain=("AWS::StepFunctions::StateMachine", machine))
    assert [problem.logical_id for problem in problems] == ["Chain"]


def test_a_machine_that_says_nothing_of_it_is_found_twice(found):
    assert len(found(RULE, Chain=("AWS::StepFunctions::StateMachine", {}))) == 2
