"""API1."""

import json

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.guarded_apis import EVENTS, GRAPH, RULE

REST, HTTP = "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"
NETWORK = "AWS::OpenSearchServerless::SecurityPolicy"
KEYED = {"AuthenticationType": "API_KEY"}


def body(operation, **more):
    return {"openapi": "3.0.1", "paths": {"/": {"get": operation}}, **more}


@pytest.mark.parametrize("type_", [REST, HTTP])
@pytest.mark.parametrize(
    "specification",
    [
        body({"security": [{"iam": []}]}),
        body({}, security=[{"iam": []}]),
        body({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}),
        {"openapi": "3.0.1", "paths": {"/": {"options": {}}}},
    ],
)
def test_an_api_that_asks_passes(found_in, type_, specification):
    assert found_in(RULE, one(type_, Body=specification)) == []


@pytest.mark.parametrize("type_", [REST, HTTP])
@pytest.mark.parametrize(
    "specification",
    [
        body({}),
        body({"security": []}, security=[{"iam": []}]),
        body({"security": [{}, {"iam": []}]}),
        body({"x-amazon-apigateway-auth": {"type": "NONE"}}),
        {"openapi": "3.0.1", "paths": {"/": {"x-amazon-apigateway-any-method": {}}}},
        {"Fn::Transform": {"Name": "AWS::Include"}},
    ],
)
def test_an_api_that_asks_nobody_is_found(found_in, type_, specification):
    assert len(found_in(RULE, one(type_, Body=specification))) == 1


@pytest.mark.parametrize(
    "bad",
    [
        one(REST, BodyS3Location={"Bucket": "b"}),
        one(HTTP, Target="arn:x:lambda:r:1:function:f"),
        one(GRAPH, **KEYED),
        one(GRAPH, AuthenticationType="AWS_IAM", AdditionalAuthenticationProviders=[KEYED]),
        one(GRAPH, AuthenticationType={"Fn::ImportValue": "kind"}),
        one(EVENTS, EventConfig={"AuthProviders": [{"AuthType": "API_KEY"}]}),
        one("AWS::AppSync::ApiKey"),
        one("AWS::Cognito::IdentityPool"),
        one(NETWORK, Policy=json.dumps([{"AllowFromPublic": True}])),
        one(NETWORK, Policy=json.dumps({"AWSOwnedKey": True})),
        one(NETWORK, Policy="no JSON"),
    ],
)
def test_other_ways_in_are_found(found_in, bad):
    assert len(found_in(RULE, bad)) == 1


@pytest.mark.parametrize(
    "ok",
    [
        one(GRAPH, AuthenticationType="AMAZON_COGNITO_USER_POOLS"),
        one("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False),
        one(NETWORK, Policy=json.dumps([{"SourceVPCEs": ["vpce-1"], "AllowFromPublic": False}])),
    ],
)
def test_guarded_ways_in_pass(found_in, ok):
    assert found_in(RULE, ok) == []
