"""ACC1."""

import pytest

from guardrails.ml_lens.scoped_actions import RULE

COLLECTION = {"Fn::Sub": "arn:${AWS::Partition}:rekognition:${AWS::Region}:1:collection/staff"}


def policy(action, resource="*", **changes):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **changes}
    return "AWS::IAM::Policy", {"PolicyDocument": {"Statement": [statement]}}


@pytest.mark.parametrize(
    "ok",
    [
        policy("rekognition:DetectFaces"),
        policy(["xray:PutTraceSegments", "cloudwatch:PutMetricData"]),
        policy("translate:TranslateText"),
        policy("rekognition:IndexFaces", COLLECTION),
        policy("s3:GetObject*", {"Fn::Sub": "${Frames.Arn}/*"}),
        policy("rekognition:*", Effect="Deny"),
    ],
)
def test_the_least_privilege_passes(found, ok):
    assert found(RULE, Grant=ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        policy("rekognition:*"),
        policy("rekognition:Detect*", COLLECTION),
        policy("rekognition:DetectFace?"),
        policy("*", COLLECTION),
        policy("*:DetectFaces", COLLECTION),
        policy("s3:*", COLLECTION),
        policy("rekognition:IndexFaces"),
        policy(["rekognition:DetectFaces", "s3:GetObject"]),
        policy("sagemaker:CreateEndpoint", ["arn:x:sagemaker:*:*:*", COLLECTION]),
        policy("s3:GetObject", {"Fn::If": ["C", "*", "arn:x"]}),
    ],
)
def test_more_than_that_is_found(found, bad):
    assert len(found(RULE, Grant=bad)) == 1


def test_everything_but_something_is_everything(found):
    statement = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": COLLECTION}
    managed = ("AWS::IAM::ManagedPolicy", {"PolicyDocument": {"Statement": statement}})
    assert len(found(RULE, Grant=managed)) == 1


def test_the_policies_inside_a_role_are_read_and_its_trust_is_not(found):
    role = {
        "AssumeRolePolicyDocument": {
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]
        },
        "Policies": [{"PolicyDocument": policy("textract:*")[1]["PolicyDocument"]}],
    }
    [finding] = found(RULE, Role=("AWS::IAM::Role", role))
    assert finding.location == "Properties.Policies.0.PolicyDocument.Statement.0"
