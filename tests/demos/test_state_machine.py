"""Comparing the machine that runs with the one that was synthesized."""

import pytest

from demos.state_machine import definition_in, is_synthesized, picture, read

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


def test_a_picture_of_a_machine_shows_every_state_and_needs_nothing_else(drawn):
    inner = {"StartAt": "Each", "States": {"Each": {"Type": "Pass", "End": True}}}
    states = {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:${Partition}:states:::glue:startJobRun.sync",
            "Next": "All",
        },
        "All": {"Type": "Map", "ItemProcessor": inner, "End": True},
    }
    machine = read({"StartAt": "Ask", "States": states})
    text = picture(machine, title="What it does", name="machine").standalone()
    assert drawn(text).get("aria-label") == "What it does"
    assert all(
        f">{said}</text>" in text for said in ("Ask", "glue:startJobRun.sync", "All", "Each")
    )
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "light-dark(" not in text


def test_the_definition_of_a_machine_is_found_by_its_construct():
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": "{}"}}
    assert definition_in({"Resources": {"FlowRun64DF0F80": machine}}, "FlowRun") == {}
