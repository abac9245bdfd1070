"""May this caller, role or service do that: one answer, in AWS's words, or None for yes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core import emulator
from sandbox.core.upstream import gateway, iam_evaluator, responses
from sandbox.iam.upstream import iam

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Principal:
    """Who asks: a name for messages and the policies that speak for it. None: it may do all."""

    arn: str
    kind: str
    policies: list[list[Any]] | None
    limits: list[Any] = field(default_factory=list)
    keys: Mapping[str, Any] = field(default_factory=dict)


def enforced() -> bool:
    """Tell whether the emulator was started with IAM on."""
    return bool(gateway.AUTH)


def request_caller() -> Principal | None:
    """Return who signed the current request; None when no request is being served."""
    key = emulator.caller()
    if key is None or not enforced():
        return None
    found = iam_evaluator.resolve_principal(key, responses.get_account_id())
    if isinstance(found, iam_evaluator.AuthError):
        return None  # the gateway has refused the request, or will
    return Principal(found.arn, found.type, found.policies, found.limits, found.keys)


def execution_role(role_arn: str, session: str) -> Principal:
    """Return the principal that a service is after it assumed a role."""
    account = account_of(role_arn)
    name = role_arn.rpartition("/")[2]
    return Principal(
        arn=f"{role_arn.split(':iam:')[0]}:sts::{account}:assumed-role/{name}/{session}",
        kind="AssumedRole",
        policies=iam_evaluator._gather_role_policies(name, account),
        limits=iam_evaluator._permissions_boundary(iam._roles, name, account),
    )


def trusts(role_arn: str, service: str, context: Context | None = None) -> bool:
    """Tell whether a service may assume a role; one that does not exist trusts nobody."""
    if not enforced():
        return True
    role = iam._roles.get(role_arn.rpartition("/")[2])
    if role is None:
        return False
    trust = role["AssumeRolePolicyDocument"]
    document = json.loads(trust) if isinstance(trust, str) else trust
    request = _request(Principal("*", "Service", []), "sts:AssumeRole", "*", context)
    decided = iam_evaluator.evaluate_resource_policy(document, request, service=service)
    return bool(decided.decision == "Allow")


def account_of(arn: str) -> str:
    """Read the account of an ARN; an S3 ARN has none and takes the current one."""
    parts = arn.split(":")
    return (parts[4] if len(parts) > 4 else "") or str(responses.get_account_id())


def denial(
    principal: Principal | None, action: str, resource_arn: str, context: Context | None = None
) -> str | None:
    """Say why a principal may not do this. A missing principal is the emulator itself: it may."""
    if principal is None or principal.policies is None or not enforced():
        return None
    request = _request(principal, action, resource_arn, context)
    identity = iam_evaluator.evaluate(request, principal.policies, *principal.limits)
    result, service = identity, action.partition(":")[0]
    policy = iam_evaluator._resource_policy(service, resource_arn)
    if policy is not None:
        required = service in iam_evaluator._POLICY_REQUIRED
        result = iam_evaluator.combine_resource_policy(
            identity, request, *policy, required=required, limits=principal.limits
        )
    if result.decision == "Allow":
        return None
    by_resource = identity.decision == "Allow"
    explicit = result.decision == "Deny"
    return _message(principal.arn, action, resource_arn, explicit=explicit, by_resource=by_resource)


def service_denial(
    service: str, action: str, resource_arn: str, context: Context | None = None
) -> str | None:
    """Say why an AWS service, acting as itself, may not do this: only resource policies count."""
    if not enforced():
        return None
    policy = iam_evaluator._resource_policy(action.partition(":")[0], resource_arn)
    principal = Principal("*", "Service", [])
    request = _request(principal, action, resource_arn, context)
    document = policy[0] if policy else None
    result = iam_evaluator.evaluate_resource_policy(document, request, service=service)
    if result.decision == "Allow":
        return None
    explicit = result.decision == "Deny"
    return _message(service, action, resource_arn, explicit=explicit, by_resource=True)


def _request(principal: Principal, action: str, resource_arn: str, context: Context | None) -> Any:
    is_service = principal.kind == "Service"
    facts = {"aws:principalisawsservice": str(is_service).lower(), **(context or {})}
    return iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.kind,
        principal_account="" if is_service else account_of(principal.arn),
        action=action,
        resource_arn=resource_arn,
        region=responses.get_region(),
        secure_transport=True,  # one AWS service talks to another over TLS
        service_context={key.lower(): value for key, value in facts.items()},
        principal_keys=dict(principal.keys),
    )


def _message(who: str, action: str, resource_arn: str, *, explicit: bool, by_resource: bool) -> str:
    kind = "a resource-based" if by_resource else "an identity-based"
    if explicit:
        because = f"with an explicit deny in {kind} policy"
    else:
        because = f"because no {kind.split()[-1]} policy allows the {action} action"
    return (
        f"User: {who} is not authorized to perform: {action} on resource: {resource_arn} {because}"
    )
