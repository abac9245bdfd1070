"""REL1."""

from typing import Any

import pytest

from guardrails.ml_lens.dead_letters import RULE

Resource = tuple[str, dict[str, Any]]
ARN = {"Fn::GetAtt": ["Dead", "Arn"]}
DEAD: Resource = ("AWS::SQS::Queue", {})
REDRIVEN = ("AWS::SQS::Queue", {"RedrivePolicy": {"deadLetterTargetArn": ARN}})
PERMISSION = (
    "AWS::Lambda::Permission",
    {"FunctionName": {"Fn::GetAtt": ["Work", "Arn"]}, "Principal": "s3.amazonaws.com"},
)
ON_FAILURE = {"DestinationConfig": {"OnFailure": {"Destination": ARN}}}

COMPLIANT = [
    {"Queue": REDRIVEN, "Dead": DEAD},
    {"Rule": ("AWS::Events::Rule", {"Targets": [{"DeadLetterConfig": {"Arn": ARN}}]})},
    {"Plan": ("AWS::Scheduler::Schedule", {"Target": {"DeadLetterConfig": {"Arn": ARN}}})},
    {"Sub": ("AWS::SNS::Subscription", {"RedrivePolicy": {"deadLetterTargetArn": ARN}})},
    {
        "Work": ("AWS::Lambda::Function", {"DeadLetterConfig": {"TargetArn": ARN}}),
        "May": PERMISSION,
    },
    {
        "Work": ("AWS::Lambda::Function", {}),
        "May": PERMISSION,
        "Async": (
            "AWS::Lambda::EventInvokeConfig",
            {"FunctionName": {"Ref": "Work"}, **ON_FAILURE},
        ),
    },
    {
        "Queue": REDRIVEN,
        "Dead": DEAD,
        "Work": ("AWS::Lambda::Function", {}),
        "Feed": (
            "AWS::Lambda::EventSourceMapping",
            {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
        ),
    },
    {"Feed": ("AWS::Lambda::EventSourceMapping", ON_FAILURE)},
]
VIOLATING = [
    {"Culprit": ("AWS::SQS::Queue", {})},
    {"Culprit": ("AWS::Events::Rule", {"Targets": [{"Arn": "arn:x"}]})},
    {"Culprit": ("AWS::Scheduler::Schedule", {"Target": {}})},
    {"Culprit": ("AWS::SNS::Subscription", {"Protocol": "sqs"})},
    {"Culprit": ("AWS::SNS::Topic", {"Subscription": [{"Protocol": "sqs"}]})},
    {
        "Culprit": ("AWS::Lambda::Function", {}),
        "May": (
            "AWS::Lambda::Permission",
            {"FunctionName": {"Ref": "Culprit"}, "Principal": "sns.amazonaws.com"},
        ),
    },
    {
        "Stream": ("AWS::Kinesis::Stream", {}),
        "Culprit": (
            "AWS::Lambda::EventSourceMapping",
            {"EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]}},
        ),
    },
]


@pytest.mark.parametrize("resources", COMPLIANT)
def test_a_path_with_an_end_for_failures_passes(found, resources):
    assert found(RULE, **resources) == []


@pytest.mark.parametrize("resources", VIOLATING)
def test_a_path_without_one_is_found(found, resources):
    assert [f.logical_id for f in found(RULE, **resources)] == ["Culprit"]


def test_a_function_that_is_called_and_waited_for_needs_none(found):
    gateway = {**PERMISSION[1], "Principal": "apigateway.amazonaws.com"}
    function: Resource = ("AWS::Lambda::Function", {})
    assert found(RULE, Work=function, May=("AWS::Lambda::Permission", gateway)) == []
