"""API1: an API asks every caller who he is, however the API is written down."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from guardrails.intrinsics import UnresolvableError, items, plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.patterns import is_wild
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

METHODS = (
    "get",
    "put",
    "post",
    "delete",
    "patch",
    "head",
    "trace",
    "x-amazon-apigateway-any-method",
)
GRAPH, EVENTS = "AWS::AppSync::GraphQLApi", "AWS::AppSync::Api"
OPEN = ("API_KEY", "NONE", None)


def _specified(api: Resource) -> Iterator[tuple[str, str]]:
    if api.at("BodyS3Location"):
        raise UnresolvableError("BodyS3Location is read at deployment")
    if api.type.endswith("V2::Api") and api.at("Target") and not api.at("Body"):
        yield "Properties.Target", "makes a route that asks nobody who he is"
    body = plain(api.at("Body") or {})
    everywhere = bool(body.get("security"))
    for path, methods in plain(body.get("paths") or {}).items():
        for method, operation in plain(methods).items():
            if method.lower() in METHODS and not _is_guarded(plain(operation), everywhere):
                yield f"Properties.Body.paths.{path}.{method}", "has no security"


def _is_guarded(operation: Mapping[str, Any], everywhere: bool) -> bool:
    auth = operation.get("x-amazon-apigateway-auth") or {}
    if plain(auth).get("type", "NONE").upper() == "AWS_IAM":
        return True
    own = operation.get("security")
    return everywhere if own is None else bool(own) and {} not in own


def _graph(api: Resource) -> Iterator[tuple[str, str]]:
    kinds = [("Properties.AuthenticationType", api.at("AuthenticationType"))]
    for index, more in enumerate(items(api.at("AdditionalAuthenticationProviders"))):
        where = f"Properties.AdditionalAuthenticationProviders.{index}"
        kinds.append((where, plain(more).get("AuthenticationType")))
    for where, kind in kinds:
        if (text(kind) if kind else None) in OPEN:
            yield where, f"is {kind}: a key that every client holds is no proof"


def _event_api(api: Resource) -> Iterator[tuple[str, str]]:
    for index, provider in enumerate(items(api.at("EventConfig", "AuthProviders"))):
        if text(plain(provider).get("AuthType") or "NONE") in OPEN:
            where = f"Properties.EventConfig.AuthProviders.{index}"
            yield where, "is API_KEY: a key that every client holds is no proof"


def _key(_api: Resource) -> Iterator[tuple[str, str]]:
    yield "Properties", "is a key that every client holds"


def _collection(policy: Resource) -> Iterator[tuple[str, str]]:
    try:
        rules = json.loads(text(policy.at("Policy")))
    except ValueError:
        raise UnresolvableError("Policy is no JSON") from None
    for index, rule in enumerate(rules if isinstance(rules, list) else [rules]):
        where = f"Properties.Policy.{index}"
        if str(rule.get("AllowFromPublic", False)).lower() != "false":
            yield where, "AllowFromPublic is not false"
        if str(rule.get("AWSOwnedKey", False)).lower() != "false":
            yield where, "AWSOwnedKey is not false: name a key of the customer"
        if any("*" in str(principal) for principal in rule.get("Principal", [])):
            yield where, "Principal has a wildcard"
        if "Principal" in rule:
            yield from ((where, problem) for problem in _granted(rule))


def _granted(policy: Mapping[str, Any]) -> Iterator[str]:
    for rule in policy.get("Rules", []):
        for permission in rule.get("Permission", []):
            if is_wild(permission):
                yield f"Permission {permission} is a wildcard: name each one"
        for resource in rule.get("Resource", []):
            if is_wild("/".join(resource.split("/")[:2])):
                yield f"Resource {resource} is of any collection"


def _unauthenticated(pool: Resource) -> Iterator[tuple[str, str]]:
    if pool.at("AllowUnauthenticatedIdentities") is not False:
        yield "Properties.AllowUnauthenticatedIdentities", "is not false"


CHECKS: Mapping[str, Callable[[Resource], Iterator[tuple[str, str]]]] = {
    "AWS::ApiGateway::RestApi": _specified,
    "AWS::ApiGatewayV2::Api": _specified,
    GRAPH: _graph,
    EVENTS: _event_api,
    "AWS::AppSync::ApiKey": _key,
    "AWS::OpenSearchServerless::SecurityPolicy": _collection,
    "AWS::OpenSearchServerless::AccessPolicy": _collection,
    "AWS::Cognito::IdentityPool": _unauthenticated,
}


def check(_template: Template, api: Resource) -> Iterator[Finding]:
    """Yield every way in that asks for no identity."""
    for where, problem in CHECKS[api.type](api):
        yield Finding(api.logical_id, where, problem)


RULE = Rule(
    id="MlLens-API1",
    practice="MLSEC06-BP01",
    message="an API must ask who calls",
    fix="use IAM, a user pool or an authorizer, and a network policy with endpoints of a VPC",
    check=per_resource(CHECKS, check),
    types=tuple(CHECKS),
    compliant=one(GRAPH, AuthenticationType="AWS_IAM"),
    violating=one(GRAPH, AuthenticationType="API_KEY"),
    beyond=("AwsSolutions-APIG4", "AwsSolutions-COG7"),
)
