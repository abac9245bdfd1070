"""Permissions of roles, none wider than what they are for; and for whom a service may act."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from guardrails import waive

ONE_ROLE = "It serves one role alone and has to be deleted together with that."


def allow_unscoped(
    role: iam.Role,
    construct_id: str,
    *actions: str,
    because: str,
    conditions: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Allow actions that AWS cannot tie to a resource, in a policy of their own.

    A separate policy keeps the waiver from also covering whatever the role gains later.
    """
    statement = iam.PolicyStatement(actions=list(actions), resources=["*"], conditions=conditions)
    policy = iam.Policy(role, construct_id, roles=[role], statements=[statement])
    waive(policy, "unscopable_action", because=because)
    waive(policy, "inline_policy", because=ONE_ROLE)


def allow(
    role: iam.Role,
    *actions: str,
    on: Sequence[str],
    conditions: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Allow actions on named resources, in the role's own policy."""
    role.add_to_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(on), conditions=conditions)
    )


def on_behalf_of(resources: str) -> dict[str, dict[str, str]]:
    """Guard against a confused deputy: a service acts only for these resources of this account."""
    return {
        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": resources},
    }


def waive_inline(role: iam.Role) -> None:
    """Accept that a role's own policy, which has to exist by now, is part of the role."""
    waive(role.node.find_child("DefaultPolicy"), "inline_policy", because=ONE_ROLE)
