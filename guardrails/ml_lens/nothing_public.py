"""ACC3: nothing is open to whoever asks."""

from collections.abc import Iterator

from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import ANYONE, resource_statements
from guardrails.ml_lens.template import Template, text

BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
# Each of them bounds who "anyone" can be.
BOUNDS = frozenset(
    {
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "kms:calleraccount",
    }
)
PUBLIC_ACLS = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
# An endpoint's policy says what may pass, for principals that others let in.
NO_OWN_ACCESS = ("AWS::EC2::VPCEndpoint",)


def check(template: Template) -> Iterator[Finding]:
    """Yield open buckets, policies for anyone, and functions and methods without a guard."""
    for bucket in template.of_type("AWS::S3::Bucket"):
        for block in BLOCKS:
            if bucket.at("PublicAccessBlockConfiguration", block) is not True:
                yield Finding(
                    bucket.logical_id,
                    "Properties.PublicAccessBlockConfiguration",
                    f"{block} is not true",
                )
        if bucket.at("AccessControl") in PUBLIC_ACLS:
            yield Finding(bucket.logical_id, "Properties.AccessControl", "is a public ACL")
    for statement in resource_statements(template):
        if statement.holder.type in NO_OWN_ACCESS or not statement.allows:
            continue
        if ANYONE in statement.principals("AWS") and not statement.limited_by() & BOUNDS:
            yield Finding(
                statement.holder.logical_id, statement.location, "allows anyone, without a bound"
            )
    yield from _open_entrances(template)


def _open_entrances(template: Template) -> Iterator[Finding]:
    for url in template.of_type("AWS::Lambda::Url"):
        if url.at("AuthType") != "AWS_IAM":
            yield Finding(url.logical_id, "Properties.AuthType", "is not AWS_IAM")
    for permission in template.of_type("AWS::Lambda::Permission"):
        bounded = permission.at("PrincipalOrgID") or permission.at("SourceAccount")
        if text(permission.at("Principal")) == ANYONE and not bounded:
            yield Finding(permission.logical_id, "Properties.Principal", "allows anyone")
    for route in template.of_type("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route"):
        keyed = route.at("ApiKeyRequired") is True or route.at("HttpMethod") == "OPTIONS"
        if route.at("AuthorizationType") in (None, "NONE") and not keyed:
            yield Finding(route.logical_id, "Properties.AuthorizationType", "is none")
    for resource in template.resources.values():
        if resource.properties.get("PubliclyAccessible", False) is not False:
            yield Finding(resource.logical_id, "Properties.PubliclyAccessible", "is not false")


RULE = Rule(
    id="MlLens-ACC3",
    practice="MLSEC06-BP01",
    message="nothing may be public",
    fix="set block_public_access=BLOCK_ALL, name the principals, or require IAM authorization",
    check=check,
)
