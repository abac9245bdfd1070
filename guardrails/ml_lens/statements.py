"""Every policy statement of a template, wherever a policy document may stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.ml_lens.template import Resource, Template, items, plain, text

IDENTITY_TYPES = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
TRUST = "AssumeRolePolicyDocument"
LIMITS = ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "StringEqualsIgnoreCase", "Bool")
ANYONE = "*"


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
        """Return its principals of one kind (``AWS``, ``Service``), anyone included."""
        if "NotPrincipal" in self.body and self.allows:
            return [ANYONE] if kind == "AWS" else []
        principal = self.body.get("Principal")
        if principal is None or isinstance(principal, str):
            return [str(principal)] if principal and kind == "AWS" else []
        return [text(name) for name in items(plain(principal).get(kind))]

    def limited_by(self) -> set[str]:
        """Return the condition keys, in lower case, that must match for the statement to apply.

        Negated operators and ``...IfExists`` do not count: a request without the key passes them.
        A pattern that matches everything does not count either.
        """
        found: set[str] = set()
        for operator, conditions in plain(self.body.get("Condition") or {}).items():
            if operator.removeprefix("ForAnyValue:") in LIMITS:
                for key, values in plain(conditions).items():
                    if all(text(value).strip("*:") for value in items(values)):
                        found.add(key.lower())
        return found


def identity_statements(template: Template) -> Iterator[Statement]:
    """Yield what roles, users and groups may do."""
    for holder in template.of_type(*IDENTITY_TYPES):
        yield from (s for s in _inside(holder, holder.properties, "Properties") if not s.is_trust)


def resource_statements(template: Template) -> Iterator[Statement]:
    """Yield who may use a bucket, queue, topic, key or whatever else holds a policy, or a role."""
    for holder in template.resources.values():
        for statement in _inside(holder, holder.properties, "Properties"):
            if holder.type not in IDENTITY_TYPES or statement.is_trust:
                yield statement


def _inside(holder: Resource, value: Any, path: str) -> Iterator[Statement]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _inside(holder, inner, f"{path}.{index}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "Statement" and "WebACL" not in holder.type:
                for index, body in enumerate(items(inner)):
                    yield Statement(holder, f"{path}.Statement.{index}", plain(body))
            else:
                yield from _inside(holder, inner, f"{path}.{name}")
