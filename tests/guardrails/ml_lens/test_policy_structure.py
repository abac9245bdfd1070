"""ACC7."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.ml_lens.examples import granting, one
from guardrails.ml_lens.patterns import glob
from guardrails.ml_lens.policy_structure import RULE, overlap

QUEUE = "arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:work"
WORDS = st.text("ab*?", max_size=6)


@pytest.mark.parametrize(
    "ok",
    [
        granting("sqs:SendMessage", QUEUE),
        granting("SQS:sendmessage", QUEUE),
        granting("sqs:Send*", QUEUE),
        granting("s3:GetObject", "arn:<AWS::Partition>:s3:::frames/*"),
        granting("kms:Decrypt", "<Key.Arn>"),
        granting("rekognition:DetectFaces", "*"),
        granting("sqs:SendMessage", "<It.Arn>"),
    ],
)
def test_what_iam_understands_passes(found_in, ok):
    assert found_in(RULE, ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        granting("sqs:SendMesage", QUEUE),
        granting("sqs:SendMesage*", QUEUE),
        granting("squeue:SendMessage", QUEUE),
        granting("SendMessage", QUEUE),
        granting("s3:GetObject", QUEUE),
        granting("s3:GetObject", "arn:<AWS::Partition>:s3:::frames"),
        granting("rekognition:DetectFaces", QUEUE),
        granting("sqs:SendMessage", "<Key.Arn>"),
        granting("sqs:SendMessage", QUEUE, Effect="allow"),
        granting("sqs:SendMessage", QUEUE, Conditions={}),
    ],
)
def test_what_it_does_not_is_found(found_in, bad):
    assert len(found_in(RULE, bad)) == 1


def test_a_statement_that_only_the_deployment_knows_is_found(found_in):
    chosen = {"Version": "2012-10-17", "Statement": [{"Fn::If": ["C", {}, {}]}]}
    assert len(found_in(RULE, one("AWS::SQS::QueuePolicy", PolicyDocument=chosen))) == 1


@pytest.mark.parametrize("hidden", [{"Fn::ImportValue": "p"}, "no policy", {"Ref": "P"}])
@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("AWS::IAM::Policy", "PolicyDocument"),
        ("AWS::Logs::Destination", "DestinationPolicy"),
        ("AWS::KMS::Key", "KeyPolicy"),
        ("AWS::ECR::Repository", "RepositoryPolicyText"),
    ],
)
def test_a_policy_that_stands_elsewhere_is_found(found_in, type_, name, hidden):
    [finding] = found_in(RULE, one(type_, **{name: hidden}))
    assert "cannot be decided" in finding.detail


@given(WORDS, st.text("ab", max_size=6))
def test_a_pattern_overlaps_with_exactly_the_words_that_it_matches(pattern, word):
    assert overlap(pattern, word) == bool(glob(pattern).fullmatch(word))
    assert overlap(word, pattern) == overlap(pattern, word)
