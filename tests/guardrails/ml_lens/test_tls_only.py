"""TLS1."""

import pytest

from guardrails.ml_lens.tls_only import RULE

ARN = {"Fn::GetAtt": ["It", "Arn"]}
OBJECTS = {"Fn::Join": ["", [ARN, "/*"]]}


def deny(action, resource, **changes):
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **changes,
    }


def policy(kind, field, statement):
    target = {"Ref": "It"}
    body = {field: target if field == "Bucket" else [target]}
    return f"AWS::{kind}", {**body, "PolicyDocument": {"Statement": [statement]}}


CASES = {
    "AWS::S3::Bucket": ("S3::BucketPolicy", "Bucket", "s3:*", [ARN, OBJECTS]),
    "AWS::SQS::Queue": ("SQS::QueuePolicy", "Queues", "sqs:*", ARN),
    "AWS::SNS::Topic": ("SNS::TopicPolicy", "Topics", "sns:Publish", {"Ref": "It"}),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_policy_that_denies_plain_http_passes(found, kind):
    name, field, action, resource = CASES[kind]
    guard = policy(name, field, deny(action, resource))
    assert found(RULE, It=(kind, {}), Guard=guard) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Principal": {"AWS": "arn:x"}},
        {"Action": "s3:GetObject"},
        {"Resource": ARN},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
    ],
)
def test_a_policy_that_denies_less_is_found(found, changes):
    guard = policy("S3::BucketPolicy", "Bucket", deny("s3:*", [ARN, OBJECTS], **changes))
    assert [f.logical_id for f in found(RULE, It=("AWS::S3::Bucket", {}), Guard=guard)] == ["It"]


@pytest.mark.parametrize("kind", CASES)
def test_no_policy_is_found(found, kind):
    assert [f.logical_id for f in found(RULE, It=(kind, {}))] == ["It"]
