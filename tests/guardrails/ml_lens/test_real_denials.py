"""RES2."""

import pytest

from guardrails.ml_lens.examples import document, one
from guardrails.ml_lens.real_denials import RULE

OURS = "arn:x:iam::<A>:role/alarms"


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ({"ArnNotEquals": {"aws:PrincipalArn": "*"}}, 1),
        ({"StringNotLikeIfExists": {"aws:PrincipalOrgID": "*"}}, 1),
        ({"ArnNotLike": {"aws:PrincipalArn": [OURS, "arn:x:iam::*:role/*"]}}, 1),
        ({"ArnNotEquals": {"aws:PrincipalArn": OURS}}, 0),
        ({"Bool": {"aws:SecureTransport": "false"}}, 0),
    ],
)
def test_an_exception_for_everybody_is_found(found_in, condition, count):
    body = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
    policy = document({**body, "Condition": condition})
    assert len(found_in(RULE, one("AWS::SNS::TopicPolicy", PolicyDocument=policy))) == count
