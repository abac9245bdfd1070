"""ACC10."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.no_sharing import RULE

SERVICE = "AWS::EC2::VPCEndpointServicePermissions"


@pytest.mark.parametrize(
    ("account", "count"), [("${AWS::AccountId}", 0), ("${Other}", 1), ("*", 1)]
)
def test_principals_of_another_account_are_found(found_in, account, count):
    principal = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:root"}
    assert len(found_in(RULE, one(SERVICE, AllowedPrincipals=[principal]))) == count


def test_any_website_is_found(found_in):
    for origin, count in (("*", 1), ("https://app.example", 0)):
        assert (
            len(found_in(RULE, one("AWS::Lambda::Url", Cors={"AllowOrigins": [origin]}))) == count
        )
