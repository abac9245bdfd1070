"""The KMS key behind encrypted data: what it is called, and whether somebody may use it."""

import contextlib
import contextvars
import json
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.core.upstream import responses
from sandbox.faults.occasions import SAID, struck, struck_for_good
from sandbox.iam import authorization
from sandbox.iam.authorization import Principal
from sandbox.services.kms.upstream import kms

_is_patient: contextvars.ContextVar[bool] = contextvars.ContextVar("is_patient", default=False)


@contextlib.contextmanager
def asked_again() -> Iterator[None]:
    """Ask a throttled key again, as a service does that reads and writes on somebody's behalf."""
    token = _is_patient.set(True)
    try:
        yield
    finally:
        _is_patient.reset(token)


class KeyRefusedError(Exception):
    """A key cannot be used: KMS's error code and message, and whether a fault rule said so."""

    def __init__(self, code: str, message: str, *, by_rule: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.by_rule = code, message, by_rule


def key_arn(reference: str, service: str) -> str:
    """Resolve a key id, ARN or alias; ``service`` names whose managed key ``alias/aws/…`` is."""
    managed = f"alias/aws/{service}"
    if reference in ("", managed) or reference.endswith(f":{managed}"):
        return _managed_key(service)
    key = kms._resolve_key(reference)
    if key is None:
        raise KeyRefusedError("KMS.NotFoundException", f"Key '{reference}' does not exist")
    refused = kms._check_key_state(key)
    if refused is not None:
        code = json.loads(refused[2])["__type"]
        raise KeyRefusedError(f"KMS.{code}", json.loads(refused[2])["message"])
    return str(key["Arn"])


def require_use(
    principal: Principal | None,
    actions: Iterable[str],
    reference: str,
    *,
    service: str,
    encryption_context: dict[str, str],
) -> None:
    """Raise unless a principal may do these KMS actions, through a service, with this key."""
    arn = key_arn(reference, service)
    context = _context(service, encryption_context)
    if principal is not None:
        context["kms:CallerAccount"] = authorization.account_of(principal.arn)
    for action in actions:
        if denied := authorization.denial(principal, action, arn, context):
            raise KeyRefusedError("KMS.AccessDeniedException", denied)
        if rule := (struck_for_good if _is_patient.get() else struck)(action):
            code = rule.given["code"]
            raise KeyRefusedError(f"KMS.{code}", f"{code} {SAID}", by_rule=True)


def service_use_denial(
    caller: str,
    actions: Iterable[str],
    reference: str,
    *,
    service: str,
    encryption_context: dict[str, str],
    source: dict[str, str],
) -> str | None:
    """Say why an AWS service may not use the key of another service's resource.

    The key that AWS manages for a service trusts the account's principals only, so no other
    service can use a queue or topic encrypted with it.
    """
    try:
        arn = key_arn(reference, service)
    except KeyRefusedError as refused:
        return refused.message
    if authorization.enforced() and kms._resolve_key(arn).get("KeyManager") == "AWS":
        return f"the key policy of alias/aws/{service} does not let {caller} use it"
    context = _context(service, encryption_context) | source
    context["kms:CallerAccount"] = responses.get_account_id()
    for action in actions:
        if denied := authorization.service_denial(caller, action, arn, context):
            return denied
        if rule := struck_for_good(action):
            return f"{rule.given['code']} {SAID}"
    return None


def _context(service: str, encryption_context: dict[str, str]) -> dict[str, Any]:
    return {
        "kms:ViaService": f"{service}.{responses.get_region()}.amazonaws.com",
        "kms:EncryptionContextKeys": list(encryption_context),
        **{f"kms:EncryptionContext:{k}": v for k, v in encryption_context.items()},
    }


def _managed_key(service: str) -> str:
    """Return the account's AWS managed key for a service, made at its first use as AWS does."""
    found = kms._resolve_key(f"alias/aws/{service}")
    if found is not None:
        return str(found["Arn"])
    via = f"{service}.{responses.get_region()}.amazonaws.com"
    conditions = {"kms:ViaService": via, "kms:CallerAccount": responses.get_account_id()}
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": conditions},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    status, _, body = kms._create_key({"Description": f"AWS managed key of {service}"})
    if status != 200:
        raise KeyRefusedError("KMS.InternalException", body.decode())
    key = kms._resolve_key(json.loads(body)["KeyMetadata"]["KeyId"])
    key["Policy"], key["KeyManager"] = policy, "AWS"
    kms._create_alias({"AliasName": f"alias/aws/{service}", "TargetKeyId": key["KeyId"]})
    return str(key["Arn"])
