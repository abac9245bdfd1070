"""ACC3."""

import pytest

from guardrails.ml_lens.nothing_public import BLOCKS, RULE

CLOSED = {"PublicAccessBlockConfiguration": dict.fromkeys(BLOCKS, True)}
OURS = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


def policy(principal, **changes):
    statement = {"Effect": "Allow", "Action": "x:Y", "Principal": principal, **changes}
    return "AWS::SQS::QueuePolicy", {"PolicyDocument": {"Statement": [statement]}}


@pytest.mark.parametrize(
    "ok",
    [
        ("AWS::S3::Bucket", CLOSED),
        policy("*", Condition=OURS),
        policy("*", Effect="Deny"),
        policy({"AWS": "arn:x"}),
        ("AWS::Lambda::Url", {"AuthType": "AWS_IAM"}),
        ("AWS::Lambda::Permission", {"Principal": "*", "PrincipalOrgID": "o-1"}),
        ("AWS::ApiGateway::Method", {"AuthorizationType": "AWS_IAM"}),
        ("AWS::RDS::DBInstance", {"PubliclyAccessible": False}),
        (
            "AWS::EC2::VPCEndpoint",
            {"PolicyDocument": policy("*")[1]["PolicyDocument"]},
        ),
    ],
)
def test_what_is_closed_passes(found, ok):
    assert found(RULE, It=ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        *(
            ("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": {b: b != one for b in BLOCKS}})
            for one in BLOCKS
        ),
        ("AWS::S3::Bucket", {**CLOSED, "AccessControl": "PublicRead"}),
        policy("*"),
        policy({"AWS": "*"}),
        policy({"AWS": ["arn:x", "*"]}, Condition={"Bool": {"aws:SecureTransport": "true"}}),
        policy("*", Condition={"StringLike": {"aws:PrincipalArn": "*"}}),
        policy("*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
        (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": policy({"AWS": "*"})[1]["PolicyDocument"]},
        ),
        ("AWS::Lambda::Url", {"AuthType": "NONE"}),
        ("AWS::Lambda::Permission", {"Principal": "*"}),
        ("AWS::ApiGateway::Method", {"AuthorizationType": "NONE"}),
        ("AWS::RDS::DBInstance", {"PubliclyAccessible": True}),
    ],
)
def test_what_is_open_is_found(found, bad):
    assert len(found(RULE, It=bad)) == 1
