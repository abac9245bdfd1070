"""What a pattern can match decides what it is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.ml_lens.patterns import glob, is_exact, is_unbounded, literal_prefix, names_account

OURS = "<AWS::AccountId>"


@pytest.mark.parametrize(
    "arn",
    [
        *("*", "**", "?*", "arn:*", "arn:*:s3:::*", "arn:*:s3:::**", "arn:*:s3:::*/*", "arn:x:s3*"),
        *("arn:x:s3:::?*/*", "arn:*:*:*:*:*", "arn:x:iam::*:role/ml", "arn:x:iam::1:role/*"),
        *("arn:x:sqs:r:*:work", "arn:x:sns:r:1:*", "arn:x:dynamodb:r:1:table/*", "arn:x:s3:::b*"),
        *("arn:x:kms:r:1:key/*", "arn:x:logs:r:1:log-group:*", "arn:x:s3:::${aws:username}/*"),
        *("arn:x:lambda:r:????????????:function:work", "arn:x:sage*:r:1:endpoint/churn"),
        *("arn:x:iot:r:1:topic/*", "arn:x:sagemaker:r:1:training-job/*-tune-*"),
        *(f"arn:x:sagemaker:r:1:hyper-parameter-tuning-job/{n}" for n in ("*", "*-t*", "*-${v}*")),
    ],
)
def test_a_resource_for_all_is_unbounded(arn):
    assert is_unbounded(arn)


@pytest.mark.parametrize(
    "arn",
    [
        *("<Frames.Arn>", "<Frames.Arn>/*", "arn:x:s3:::frames/*", "arn:*:s3:::frames"),
        *("arn:<AWS::Partition>:sqs:*:<AWS::AccountId>:work", "arn:x:sns:r:1:alarms-*"),
        *("arn:x:iam::1:role/training", "arn:x:logs:r:1:log-group:/aws/lambda/*"),
        "arn:x:iot:r:1:topic/${iot:Connection.Thing.ThingName}/*",
        "arn:x:sagemaker:r:1:hyper-parameter-tuning-job/*-tune-*",
    ],
)
def test_a_resource_with_a_name_is_bounded(arn):
    assert not is_unbounded(arn)


@pytest.mark.parametrize(
    "arn",
    ["*", "arn:*", "arn:*:*:*:*:*", "arn:x:s3:::*", "arn:x:iam::*:role/a", "arn:x:iam::1?:role/a"],
)
def test_an_arn_of_any_account_names_none(arn):
    assert not names_account(arn)


@pytest.mark.parametrize(
    "arn", ["<Topic.Arn>", "<Topic.Arn>/*", f"arn:x:events:*:{OURS}:*", "arn:x:s3:::frames/*"]
)
def test_an_arn_of_ours_names_our_account(arn):
    assert names_account(arn)


@pytest.mark.parametrize("value", ["", " ", "*", "1?", "${aws:PrincipalAccount}"])
def test_what_a_caller_can_meet_is_not_exact(value):
    assert not is_exact(value)


@given(st.text("ab:/*?", max_size=12))
def test_a_pattern_matches_what_begins_as_it_does_and_itself(pattern):
    assert glob(pattern).fullmatch(pattern)
    assert pattern.startswith(literal_prefix(pattern))
    assert not set(literal_prefix(pattern)) & set("*?")


@given(st.text("ab", min_size=1, max_size=8), st.integers(0, 7), st.sampled_from("*?"))
def test_an_account_with_any_wildcard_in_it_is_nobodys(name, at, wildcard):
    account = name[:at] + wildcard + name[at:]
    assert not names_account(f"arn:x:sqs:r:{account}:work")
    assert is_unbounded(f"arn:x:sqs:r:{account}:work")
