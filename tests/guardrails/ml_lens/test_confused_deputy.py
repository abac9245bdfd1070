"""ACC2."""

import pytest

from guardrails.ml_lens.confused_deputy import RULE

ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

EXTERNAL = {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}}


def statement(service, condition=None, **changes):
    body = {"Effect": "Allow", "Action": "x:Y", "Principal": {"Service": service}, **changes}
    return {**body, "Condition": condition} if condition else body


def policy(kind, *args, **changes):
    return kind, {"PolicyDocument": {"Statement": [statement(*args, **changes)]}}


def key(*args):
    return "AWS::KMS::Key", {"KeyPolicy": {"Statement": [statement(*args)]}}


def trust(*args):
    return "AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [statement(*args)]}}


LOGS = {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}


@pytest.mark.parametrize(
    "ok",
    [
        policy("AWS::SQS::QueuePolicy", "s3.amazonaws.com", ACCOUNT),
        policy(
            "AWS::SNS::TopicPolicy",
            "cloudwatch.amazonaws.com",
            {"ArnLike": {"AWS:SourceArn": "arn:x"}},
        ),
        policy("AWS::S3::BucketPolicy", "logging.s3.amazonaws.com", Effect="Deny"),
        key(LOGS, {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:x:logs:group"}}),
        trust("lambda.amazonaws.com"),
        trust("states.amazonaws.com", ACCOUNT),
        trust("firehose.amazonaws.com", EXTERNAL),
        ("AWS::Lambda::Permission", {"Principal": "s3.amazonaws.com", "SourceArn": "arn:x"}),
    ],
)
def test_a_service_that_proves_for_whom_it_acts_passes(found, ok):
    assert found(RULE, It=ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        policy("AWS::SQS::QueuePolicy", "s3.amazonaws.com"),
        policy(
            "AWS::SQS::QueuePolicy",
            ["sns.amazonaws.com"],
            {"StringNotEquals": {"aws:SourceAccount": "1"}},
        ),
        policy(
            "AWS::SQS::QueuePolicy",
            "s3.amazonaws.com",
            {"ArnLikeIfExists": {"aws:SourceArn": "arn:x"}},
        ),
        policy("AWS::SQS::QueuePolicy", "s3.amazonaws.com", {"ArnLike": {"aws:SourceArn": "*"}}),
        policy("AWS::SQS::QueuePolicy", "lambda.amazonaws.com"),
        key(LOGS),
        key("s3.amazonaws.com", {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:x"}}),
        trust("states.amazonaws.com"),
        trust("states.amazonaws.com", EXTERNAL),
        trust("firehose.amazonaws.com"),
        trust("firehose.amazonaws.com", {"StringLike": {"sts:ExternalId": "*"}}),
        ("AWS::Lambda::Permission", {"Principal": "s3.amazonaws.com"}),
        policy("AWS::SQS::QueuePolicy", {"Fn::If": ["C", "s3.amazonaws.com", "x"]}, ACCOUNT),
    ],
)
def test_a_service_that_does_not_is_found(found, bad):
    assert len(found(RULE, It=bad)) == 1
