"""ACC3: nothing is open to whoever asks."""

from collections.abc import Iterator

from guardrails.intrinsics import text, truth
from guardrails.ml_lens.examples import opening
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.statements import ANYONE, PRINCIPALS, Statement, is_identity, per_statement
from guardrails.ml_lens.template import Resource, Template

BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
# Each of them bounds who "anyone" can be.
BOUNDS = frozenset(
    {
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:principalorgpaths",
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


def check_bucket(_template: Template, bucket: Resource) -> Iterator[Finding]:
    """Yield what makes a bucket or one of its access points public."""
    for block in BLOCKS:
        if bucket.at("PublicAccessBlockConfiguration", block) is not True:
            where = "Properties.PublicAccessBlockConfiguration"
            yield Finding(bucket.logical_id, where, f"{block} is not true")
    if bucket.at("WebsiteConfiguration"):
        yield Finding(bucket.logical_id, "Properties.WebsiteConfiguration", "is a public website")
    if (acl := bucket.at("AccessControl")) and text(acl) in PUBLIC_ACLS:
        yield Finding(bucket.logical_id, "Properties.AccessControl", "is a public ACL")


def check_statement(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield policies for anyone, whatever kind of principal "anyone" is."""
    if statement.holder.type in NO_OWN_ACCESS or not statement.allows:
        return
    kinds = [kind for kind in PRINCIPALS if ANYONE in statement.principals(kind)]
    # A permission names the service that brings the source; for anyone the source is no bound.
    named = {"aws:sourcearn"} if statement.holder.type == "AWS::Lambda::Permission" else set()
    if kinds and not statement.limited_by() & (BOUNDS - named):
        detail = "allows anyone, without a bound that only this account or organization can meet"
        yield Finding(statement.holder.logical_id, statement.location, detail)


def check(template: Template) -> Iterator[Finding]:
    """Yield open buckets, policies for anyone, and functions and methods without a guard."""
    yield from per_resource(("AWS::S3::Bucket", "AWS::S3::AccessPoint"), check_bucket)(template)
    yield from per_statement(lambda statement: not is_identity(statement), check_statement)(
        template
    )
    yield from _open_entrances(template)


def _open_entrances(template: Template) -> Iterator[Finding]:
    for url in template.of_type("AWS::Lambda::Url"):
        if url.at("AuthType") != "AWS_IAM":
            yield Finding(url.logical_id, "Properties.AuthType", "is not AWS_IAM")
    for route in template.of_type("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route"):
        # A browser asks with OPTIONS before it sends what proves who it is.
        asked = route.at("HttpMethod") == "OPTIONS"
        if text(route.at("AuthorizationType") or "NONE") == "NONE" and not asked:
            yield Finding(route.logical_id, "Properties.AuthorizationType", "is none")
    for resource in template.resources.values():
        if truth(resource.properties.get("PubliclyAccessible", False)) is not False:
            yield Finding(resource.logical_id, "Properties.PubliclyAccessible", "is not false")


RULE = Rule(
    id="MlLens-ACC3",
    practice="MLSEC06-BP01",
    message="nothing may be public",
    fix="set block_public_access=BLOCK_ALL, name the principals, or require IAM authorization",
    check=check,
    types=(
        "AWS::S3::Bucket",
        "AWS::S3::AccessPoint",
        "AWS::Lambda::Url",
        "AWS::Lambda::Permission",
        "AWS::Lambda::LayerVersionPermission",
        "AWS::Events::EventBusPolicy",
        "AWS::ApiGateway::Method",
        "AWS::ApiGatewayV2::Route",
    ),
    compliant=opening(
        "AWS::SQS::QueuePolicy",
        "PolicyDocument",
        "*",
        "sqs:SendMessage",
        Condition={"StringEquals": {"aws:PrincipalOrgID": "o-example"}},
    ),
    violating=opening(
        "AWS::SQS::QueuePolicy",
        "PolicyDocument",
        "*",
        "sqs:SendMessage",
        Condition={"StringLike": {"aws:PrincipalAccount": "????????????"}},
    ),
    beyond=("AwsSolutions-S5", "NIST.800.53.R5-LambdaFunctionPublicAccessProhibited"),
)
