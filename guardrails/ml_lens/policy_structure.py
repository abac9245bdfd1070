"""ACC7: a policy says what IAM understands: every action exists, and fits one of its resources."""

import re
from collections.abc import Iterator

from guardrails.iam_reference import Action, actions_of, service_names
from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.patterns import glob, is_wild
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.statements import (
    ANYONE,
    PERMISSIONS,
    PRINCIPALS,
    Statement,
    is_identity,
    per_statement,
    versions_of,
)
from guardrails.ml_lens.template import Resource, Template

ELEMENTS = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)
EFFECTS = ("Allow", "Deny")
VERSION = "2012-10-17"
SERVICE = re.compile(r"[a-z0-9.<>:A-Z-]+\.(amazonaws\.com(\.cn)?|<AWS::URLSuffix>)")
# The ARN of each type of resource, for a reference to it; of other types the reference says enough.
ARNS = {
    "AWS::S3::Bucket": "arn:-:s3:::-",
    "AWS::SQS::Queue": "arn:-:sqs:-:-:-",
    "AWS::SNS::Topic": "arn:-:sns:-:-:-",
    "AWS::KMS::Key": "arn:-:kms:-:-:key/-",
    "AWS::DynamoDB::Table": "arn:-:dynamodb:-:-:table/-",
    "AWS::Lambda::Function": "arn:-:lambda:-:-:function:-",
    "AWS::IAM::Role": "arn:-:iam::-:role/-",
    "AWS::Logs::LogGroup": "arn:-:logs:-:-:log-group:-:*",
    "AWS::Kinesis::Stream": "arn:-:kinesis:-:-:stream/-",
    "AWS::SecretsManager::Secret": "arn:-:secretsmanager:-:-:secret:-",
    "AWS::StepFunctions::StateMachine": "arn:-:states:-:-:stateMachine:-",
    "AWS::Events::EventBus": "arn:-:events:-:-:event-bus/-",
}


def check(template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield elements, effects and actions that IAM does not know, and resources that do not fit."""
    for problem in _problems(template, statement):
        yield Finding(statement.holder.logical_id, statement.location, problem)


def _problems(template: Template, statement: Statement) -> Iterator[str]:
    for name in statement.body:
        if name not in ELEMENTS:
            yield f"{name} is no element of a statement"
    if statement.holder.type not in PERMISSIONS or "Statement" in statement.holder.properties:
        yield from _missing(statement)
    for service in statement.principals("Service"):
        if not SERVICE.fullmatch(service):
            yield f"{service} is no service: it has no name under amazonaws.com"
    if statement.body.get("Effect") not in EFFECTS:
        yield f"Effect is {statement.body.get('Effect')!r}; allowed: Allow, Deny"
    resources = [_arn(template, resource) for resource in statement.resources()]
    for action in statement.actions():
        if action == ANYONE:
            continue
        found = _matching(action)
        if not found:
            yield f"{action} is no action of IAM's reference"
        elif resources and ANYONE not in resources and not _fits(found, resources):
            wanted = sorted({arn for one in found for arn in one.arns}) or ["*"]
            yield f"{action} fits none of its resources: it takes {', '.join(wanted[:4])}"


def _missing(statement: Statement) -> Iterator[str]:
    if not {"Action", "NotAction"} & set(statement.body):
        yield "it has no Action"
    if is_identity(statement):
        if not {"Resource", "NotResource"} & set(statement.body):
            yield "it has no Resource"
    elif not any(statement.principals(kind) for kind in PRINCIPALS):
        yield "it has no Principal"


def check_version(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield policies of an older grammar, which reads ``${aws:…}`` as a plain text."""
    for location, version in versions_of(holder):
        if version != VERSION:
            detail = f"Version is {version or 'not set'}, not {VERSION}"
            yield Finding(holder.logical_id, location, detail)


def _matching(action: str) -> list[Action]:
    service, _, name = action.lower().partition(":")
    services = (
        [s for s in service_names() if glob(service).fullmatch(s)]
        if is_wild(service)
        else [service]
    )
    return [a for s in services for a in actions_of(s).values() if glob(name).fullmatch(a.name)]


def _fits(actions: list[Action], resources: list[str]) -> bool:
    return any(
        overlap(arn, resource) for one in actions for arn in one.arns for resource in resources
    )


def _arn(template: Template, resource: str) -> str:
    """Put an example in the place of a reference, so that it can be compared with a pattern."""
    if not resource.startswith("<"):
        return resource
    name, _, rest = resource[1:].partition(">")
    holder, _, attribute = name.rpartition(".")
    target = template.target({"Ref": holder})
    example = ARNS.get(target.type) if target and attribute == "Arn" else None
    return f"{example}{rest}" if example else ANYONE


def overlap(left: str, right: str) -> bool:
    """Tell whether two patterns have a text in common."""
    if not left or not right:
        return not (left or right).strip("*")
    if left[0] == "*" or right[0] == "*":
        one, other = (left, right) if left[0] == "*" else (right, left)
        return overlap(one[1:], other) or overlap(one, other[1:])
    same = left[0] == right[0] or "?" in (left[0], right[0])
    return same and overlap(left[1:], right[1:])


def check_all(template: Template) -> Iterator[Finding]:
    """Judge every statement, and the version of every document."""
    yield from per_statement(lambda statement: True, check)(template)
    types = {resource.type for resource in template.resources.values()}
    yield from per_resource(types, check_version)(template)


RULE = Rule(
    id="MlLens-ACC7",
    practice="MLSEC03-BP01",
    message="a policy must say what IAM understands",
    fix="take the action and its resource from the Service Authorization Reference",
    check=check_all,
    compliant=granting("sqs:SendMessage", "arn:<AWS::Partition>:sqs:<AWS::Region>:<A>:work"),
    violating=granting("sqs:SendMesage", "arn:<AWS::Partition>:sqs:<AWS::Region>:<A>:work"),
)
