"""NET2."""

import pytest

from guardrails.ml_lens.endpoint_policies import ENDPOINT, RULE
from guardrails.ml_lens.examples import ACCOUNT, document, one, statement

ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}


def endpoint(resource, **more):
    return one(
        ENDPOINT, PolicyDocument=document(statement("s3:*", resource, Principal="*", **more))
    )


@pytest.mark.parametrize(
    "ok",
    [
        endpoint("<Frames.Arn>/*"),
        endpoint("*", Condition=ORG),
        endpoint("*", Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}}),
        one(ENDPOINT, VpcEndpointType="GatewayLoadBalancer"),
    ],
)
def test_an_endpoint_for_what_is_ours_passes(found_in, ok):
    assert found_in(RULE, ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        one(ENDPOINT),
        one(ENDPOINT, VpcEndpointType="Interface"),
        endpoint("*"),
        endpoint("arn:*:s3:::*"),
        endpoint("*", Condition={"StringLike": {"aws:ResourceAccount": "*"}}),
        endpoint("*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}),
    ],
)
def test_an_endpoint_for_everything_is_found(found_in, bad):
    assert len(found_in(RULE, bad)) == 1
