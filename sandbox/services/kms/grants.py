"""Grants: a principal may do with a key what a grant on that key lets it do."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import iam_evaluator
from sandbox.iam import condition_keys, principals
from sandbox.services.kms.upstream import kms

_CONTEXT = "kms:encryptioncontext:"


def install() -> None:
    """Weigh grants where policies alone would not allow, and tell IAM of encryption contexts."""
    patching.wrap(
        iam_evaluator,
        "combine_resource_policy",
        _or_granted,
        because="a grant allows what neither key policy nor IAM policy does",
    )
    condition_keys.tell("kms", _encryption_context)


def _or_granted(original: Callable[..., Any]) -> Callable[..., Any]:
    def combine(identity: Any, request: Any, *policy: Any, **settings: Any) -> Any:
        found = original(identity, request, *policy, **settings)
        is_denied = found.decision == "Deny" or identity.decision == "Deny"
        if request.action.startswith("kms:") and not is_denied and _is_granted(request):
            found.decision = "Allow"
        return found

    return combine


def _is_granted(request: Any) -> bool:
    operation = request.action.partition(":")[2]
    who = _grantee(request.principal_arn)
    return any(
        grant["KeyId"] == request.resource_arn
        and operation in grant["Operations"]
        and grant["GranteePrincipal"] in who
        and _is_met(grant.get("Constraints") or {}, request.service_context)
        for grant in kms._grants.values()
    )


def _grantee(principal_arn: str) -> set[str]:
    """List the names by which a grant may mean a principal: a session is its role, too."""
    if ":assumed-role/" not in principal_arn:
        return {principal_arn}
    return {principal_arn, principals.role_of(principal_arn)}


def _is_met(constraints: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    given = {
        name.removeprefix(_CONTEXT): value
        for name, value in context.items()
        if name.startswith(_CONTEXT)
    }
    subset, equal = (
        {name.lower(): value for name, value in constraints[kind].items()}
        if kind in constraints
        else None
        for kind in ("EncryptionContextSubset", "EncryptionContextEquals")
    )
    if equal is not None and given != equal:
        return False
    return subset is None or subset.items() <= given.items()


def _encryption_context(_action: str, body: bytes, _params: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"{}").get("EncryptionContext") or {}
        return {
            **{f"kms:EncryptionContext:{name}": value for name, value in found.items()},
            **({"kms:EncryptionContextKeys": list(found)} if found else {}),
        }
    except (ValueError, AttributeError):
        return {}  # the service itself says what is wrong with the request
