"""Grants what stages and functions say that they need, to the roles that they run as."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam

from guardrails import waive
from stacks.service_chain.resources import Resources
from stacks.service_chain.stages.rights import (
    Access,
    OnKey,
    OnResource,
    OnTable,
    PassRole,
    Right,
    Unscoped,
)
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, allow_unscoped


def allow_access(
    role: iam.Role,
    access: Access,
    *,
    resources: Resources,
) -> None:
    """Let a role read and write objects, and use the key for them."""
    inbox, results, key = resources.inbox, resources.results, resources.key
    if access.reads_inbox:
        inbox.allow(role, "s3:GetObjectVersion")
    for prefix in access.reads:
        results.allow(role, "s3:GetObject", prefix=prefix)
    for prefix in access.writes:
        results.allow(role, "s3:PutObject", prefix=prefix)
    buckets = {"Inbox": inbox, "Results": results}
    for name in access.needs_list_bucket:
        buckets[name].allow_telling_gone_from_denied(role)
    if access.reads or access.reads_inbox:
        key.allow(role, "kms:Decrypt", through=["s3"])
    if access.writes:
        key.allow(role, "kms:GenerateDataKey", through=["s3"])


def allow_right(
    role: iam.Role,
    right: Right,
    *,
    key: CustomerKey,
    tables: Mapping[str, ExpiringTable],
    roles: Mapping[str, iam.Role],
) -> None:
    """Let a role do what a stage says that it does; it names tables and roles as its states do."""
    match right:
        case OnTable(table, action):
            tables[table].allow(role, action)
            key.allow(role, "kms:Decrypt", through=["dynamodb"])
        case OnResource(action, service, resource, because):
            arn = arn_here(service, resource)
            allow(role, action, on=[arn])
            if because:
                waive(role, "object_wildcard", because=because, findings=[finding_on(arn)])
        case OnKey(actions, service):
            key.allow(role, *actions, through=[service])
        case PassRole(name, service):
            to = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
            allow(role, "iam:PassRole", on=[roles[name].role_arn], conditions=to)
        case Unscoped(policy, actions, because):
            allow_unscoped(role, policy, *actions, because=because)
