"""Comparing the machine that runs with the one that was synthesized."""

import pytest

from demos.state_machine import is_synthesized

WRITTEN = '{"StartAt": "A", "Resource": "arn:${Partition}:states:::x", "Table": "${Pace}"}'
RUNNING = WRITTEN.replace("${Partition}", "aws").replace("${Pace}", "Pace-1")


def template(text):
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": text}}
    return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}, "Machine": machine}}


def test_a_machine_whose_names_are_filled_in_is_the_synthesized_one():
    assert is_synthesized(RUNNING, template(WRITTEN))


@pytest.mark.parametrize(
    "other",
    [
        RUNNING.replace('"A"', '"B"'),
        RUNNING.replace("Pace-1", 'Pace", "Next": "B'),
        RUNNING + " ",
        "",
    ],
)
def test_any_other_is_not(other):
    assert not is_synthesized(other, template(WRITTEN))


def test_a_template_without_a_machine_defines_none():
    assert not is_synthesized(RUNNING, {"Resources": {}})
    assert not is_synthesized(RUNNING, template({"Fn::Join": []}))
