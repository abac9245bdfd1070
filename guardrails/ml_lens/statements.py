"""Every policy statement of a template, wherever a policy may stand, as an object or as a text."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from guardrails.intrinsics import UnresolvableError, is_intrinsic, items, plain, shorten, text
from guardrails.ml_lens.patterns import is_exact, is_wild, names_account
from guardrails.ml_lens.rule import Finding, undecidable
from guardrails.ml_lens.template import Resource, Template

IDENTITY_TYPES = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
    "AWS::SSO::PermissionSet",
    "AWS::IoT::Policy",
    "AWS::IoT::ProvisioningTemplate",
)
TRUST = "AssumeRolePolicyDocument"
LIMITS = ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "StringEqualsIgnoreCase", "Bool")
ANYONE = "*"
# Also inside of a text that is inside of a text.
STATEMENT = re.compile(r'\\*"Statement\\*"')
PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
# Other things are called a statement as well.
NO_POLICIES = ("AWS::WAFv2::", "AWS::Bedrock::", "AWS::OpenSearchServerless::")
OTHER_STATEMENTS = ("DataProtectionPolicy",)
# A policy stands there, as an object or as a text; anything else hides one.
POLICY_PROPERTY = re.compile(
    r"(PolicyDocument|PolicyText|KeyPolicy|ResourcePolicy|DestinationPolicy|FileSystemPolicy"
    r"|AccessPolicy|AccessPolicies|ModelPackageGroupPolicy|InlinePolicy)$|^Policy$"
)
# These hold one statement in properties of their own.
PERMISSIONS = (
    "AWS::Lambda::Permission",
    "AWS::Lambda::LayerVersionPermission",
    "AWS::Events::EventBusPolicy",
)
# The condition that each property of a permission stands for.
PROPERTY_CONDITIONS: Mapping[str, tuple[str, str]] = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "OrganizationId": ("StringEquals", "aws:PrincipalOrgID"),
}


@dataclass(frozen=True)
class Statement:
    """One statement, with the resource that holds it and the path to it there."""

    holder: Resource
    location: str
    body: Mapping[str, Any]

    @property
    def allows(self) -> bool:
        """Whether it allows; anything but the literal Deny counts as that."""
        return self.body.get("Effect") != "Deny"

    @property
    def is_trust(self) -> bool:
        """Whether it says who may assume a role."""
        return TRUST in self.location

    def actions(self) -> list[str]:
        """Return its actions; ``NotAction`` counts as all of them."""
        if "NotAction" in self.body:
            return [ANYONE]
        return [text(action) for action in items(self.body.get("Action"))]

    def resources(self) -> list[str]:
        """Return its resources as text; ``NotResource`` counts as all of them."""
        if "NotResource" in self.body:
            return [ANYONE]
        return [text(resource) for resource in items(self.body.get("Resource"))]

    def principals(self, kind: str) -> list[str]:
        """Return its principals of one kind (``AWS``, ``Service``), anyone included.

        A pattern among them stands for anyone: IAM knows no pattern of principals but ``*``.
        """
        if "NotPrincipal" in self.body and self.allows:
            return [ANYONE] if kind == "AWS" else []
        principal = self.body.get("Principal")
        if principal is None or isinstance(principal, str) or is_intrinsic(principal):
            spelled = [text(principal)] if principal and kind == "AWS" else []
        else:
            spelled = [text(name) for name in items(plain(principal).get(kind))]
        return [ANYONE if is_wild(name) else name for name in spelled]

    def conditions(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield (operator, key in lower case, values) of each condition."""
        for operator, conditions in plain(self.body.get("Condition") or {}).items():
            for key, values in plain(conditions).items():
                yield operator, key.lower(), [text(value) for value in items(values)]

    def limited_by(self) -> set[str]:
        """Return the condition keys, in lower case, that bound who or what the statement is for.

        Negated operators, ``ForAllValues`` and ``...IfExists`` do not count: a request without the
        key passes them. Neither does a key of which one value can match another account's.
        """
        return {
            key
            for operator, key, values in self.conditions()
            if operator.removeprefix("ForAnyValue:") in LIMITS
            and values
            and all(_bounds(key, value) for value in values)
        }


def _bounds(key: str, value: str) -> bool:
    if key.endswith("arn"):
        return names_account(value)
    if key.endswith("orgpaths"):
        return is_exact(value.partition("/")[0])
    return is_exact(value)


def resource_statements(template: Template) -> Iterator[Statement]:
    """Yield who may use a bucket, queue, topic, key or whatever else holds a policy, or a role."""
    for holder in template.resources.values():
        for statement in statements_of(holder):
            if not is_identity(statement):
                yield statement


def is_identity(statement: Statement) -> bool:
    """Tell whether a statement says what its holder may do, not who may use the holder."""
    return statement.holder.type in IDENTITY_TYPES and not statement.is_trust


def per_statement(
    concerned: Callable[[Statement], bool],
    check: Callable[[Template, Statement], Iterator[Finding]],
) -> Callable[[Template], Iterator[Finding]]:
    """Run a check over each statement concerned, so that one open value hides no other."""

    def check_all(template: Template) -> Iterator[Finding]:
        for holder in template.resources.values():
            location = "Properties"
            try:
                held = [statement for statement in statements_of(holder) if concerned(statement)]
            except UnresolvableError as error:
                yield undecidable(holder.logical_id, location, error)
                continue
            for statement in held:
                try:
                    yield from check(template, statement)
                except UnresolvableError as error:
                    yield undecidable(holder.logical_id, statement.location, error)

    return check_all


@lru_cache(maxsize=4096)
def statements_of(holder: Resource) -> Sequence[Statement]:
    """Return every statement that a resource holds, looked for once for all rules."""
    return list(_held_by(holder))


def _held_by(holder: Resource) -> Iterator[Statement]:
    if holder.type in PERMISSIONS and "Statement" not in holder.properties:
        yield _permission(holder)
    elif not holder.type.startswith(NO_POLICIES):
        yield from _inside(holder, holder.properties, "Properties")


def versions_of(holder: Resource) -> Iterator[tuple[str, Any]]:
    """Yield the version of each policy document that a resource holds, and where it stands."""
    if not holder.type.startswith(NO_POLICIES):
        yield from _versions(holder.properties, "Properties")


def _versions(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _versions(inner, f"{path}.{index}")
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        yield from _versions(policy_text(value), path)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            document = isinstance(inner, Mapping) and "Statement" in inner
            if document and name not in OTHER_STATEMENTS:
                yield f"{path}.{name}", inner.get("Version")
            elif name not in OTHER_STATEMENTS:
                yield from _versions(inner, f"{path}.{name}")


def _permission(holder: Resource) -> Statement:
    principal = holder.properties.get("Principal")
    service = isinstance(principal, str) and "amazonaws.com" in principal
    conditions: dict[str, dict[str, Any]] = {}
    for name, (operator, key) in PROPERTY_CONDITIONS.items():
        if value := holder.properties.get(name):
            conditions.setdefault(operator, {})[key] = value
    own = holder.properties.get("Condition")
    if own:
        made = plain(own)
        conditions.setdefault(str(made.get("Type")), {})[str(made.get("Key"))] = made.get("Value")
    body = {
        "Effect": "Allow",
        "Principal": {"Service": principal} if service else principal,
        "Action": holder.properties.get("Action"),
        "Condition": conditions,
    }
    return Statement(holder, "Properties", body)


def _inside(holder: Resource, value: Any, path: str) -> Iterator[Statement]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _inside(holder, inner, f"{path}.{index}")
    elif isinstance(value, str):
        if value.lstrip().startswith("{") and (written := policy_text(value)) is not None:
            yield from _inside(holder, written, path)
    elif isinstance(value, Mapping) and "Fn::Join" in value:
        if (written := policy_text(value)) is not None:
            yield from _inside(holder, written, path)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in OTHER_STATEMENTS:
                continue
            if POLICY_PROPERTY.search(name) and _hides_a_policy(inner):
                raise UnresolvableError(
                    f"{path}.{name} is {shorten(inner)}, which is no policy here"
                )
            if name == "Statement":
                for index, body in enumerate(items(inner)):
                    yield Statement(holder, f"{path}.Statement.{index}", plain(body))
            else:
                yield from _inside(holder, inner, f"{path}.{name}")


def _hides_a_policy(value: Any) -> bool:
    if isinstance(value, str) or is_intrinsic(value):
        return policy_text(value) is None
    return False


def policy_text(value: Any) -> Mapping[str, Any] | None:
    """Return the policy that a text spells, or None for another text."""
    try:
        spelled = text(value)
    except UnresolvableError:
        return None
    if not spelled.lstrip().startswith("{") or not STATEMENT.search(spelled):
        return None
    try:
        written = json.loads(spelled)
    except ValueError:
        raise UnresolvableError("a policy is a text that is no JSON") from None
    return written if isinstance(written, Mapping) else None
