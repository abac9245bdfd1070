"""TLS2."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.no_plain_http import RULE

DESTINATION = "AWS::Events::ApiDestination"


@pytest.mark.parametrize(
    "bad",
    [
        one("AWS::SNS::Subscription", Protocol="http", Endpoint="http://alarms.example"),
        one(DESTINATION, InvocationEndpoint="http://alarms.example"),
        one(DESTINATION, InvocationEndpoint={"Fn::Sub": "http://${Host}/alarms"}),
        one("AWS::ApiGatewayV2::Integration", IntegrationUri="HTTP://alarms.example"),
    ],
)
def test_plain_http_is_found(found_in, bad):
    assert len(found_in(RULE, bad)) >= 1


@pytest.mark.parametrize(
    "ok",
    [
        one("AWS::SNS::Subscription", Protocol="https", Endpoint="https://alarms.example"),
        one("AWS::SNS::Subscription", Protocol="sqs", Endpoint={"Ref": "Queue"}),
        one(DESTINATION, InvocationEndpoint="https://alarms.example"),
        one("AWS::SSM::Parameter", Value="http://www.w3.org/2000/svg"),
    ],
)
def test_what_is_sent_over_tls_passes(found_in, ok):
    assert found_in(RULE, ok) == []
