"""PORT1."""

import pytest

from guardrails.ml_lens import findings
from guardrails.ml_lens.portable import RULE

# Spelled in parts, so that this file names no account and no ARN itself.
ARN = "arn" + ":aws:s3:::frames"
CHINA = "arn" + ":aws-cn:s3:::frames"
ACCOUNT = "1234" * 3


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Frames}"},
        {"Ref": "AWS::Region"},
        "0" * 64,
        "a1b2" + ACCOUNT + "ff",
        ACCOUNT + "5",
        "made-in-us-east-1st",
        "status-1",
    ],
)
def test_what_names_no_place_passes(found, value):
    assert found(RULE, It=("AWS::SSM::Parameter", {"Value": value})) == []


@pytest.mark.parametrize(
    "value",
    [
        ARN,
        CHINA,
        {"Fn::Join": ["", ["x", [ARN]]]},
        "states.eu-west-1.amazonaws.com",
        "us-gov-west-1",
        "ap-southeast-2",
        ACCOUNT,
        int(ACCOUNT),
        f"{ACCOUNT}.dkr.ecr",
    ],
)
def test_what_names_a_place_is_found(found, value):
    assert [f.logical_id for f in found(RULE, It=("AWS::SSM::Parameter", {"Value": value}))] == [
        "It"
    ]


def test_a_lookup_by_region_and_a_note_for_tools_are_no_place():
    template = {
        "Conditions": {"Larger": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
        "Mappings": {"Runtime": {"us-east-1": {"value": "nodejs22.x"}}},
        "Resources": {"It": {"Type": "A::B::C", "Metadata": {"aws:asset:path": ACCOUNT}}},
    }
    assert list(findings(RULE, template)) == []


def test_an_output_is_looked_at_too():
    [finding] = findings(RULE, {"Outputs": {"Url": {"Value": "https://eu-west-1.x"}}})
    assert (finding.logical_id, finding.location) == (None, "Outputs.Url.Value")
