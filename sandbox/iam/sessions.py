"""Roles that an AWS service assumes to work for somebody: may it, and the key that it gets."""

import hashlib

from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.iam.upstream import sts


class NotAssumableError(Exception):
    """A role that is not there, or that does not trust the service."""


def assume(role_arn: str, *, service: str, session: str, source: str = "") -> str:
    """Have a service, such as ``transcribe.amazonaws.com``, assume a role; returns a key to act by.

    Pass it to `sandbox.core.emulator.acting_as`. ``source`` is the ARN of what the service works
    for, which a trust policy may ask, against a confused deputy.
    """
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    unnamed = f"arn:{PARTITION}:{service.partition('.')[0]}:{place}:{session}"
    context = {
        "aws:SourceAccount": responses.get_account_id(),
        "aws:SourceArn": source or unnamed,
    }
    if not authorization.trusts(role_arn, service, context):
        raise NotAssumableError(f"{service} cannot assume the role {role_arn}")
    return opened(role_arn, service=service, session=session)


def opened(role_arn: str, *, service: str, session: str) -> str:
    """Open a session of a role that was found to trust the service; returns a key to act by."""
    key, secret, token = _keys(role_arn, service, session)
    sts.register_session(
        key,
        {
            "Arn": authorization.execution_role(role_arn, session).arn,
            "UserId": f"{role_arn.rpartition('/')[2]}:{session}",
            "AccountId": responses.get_account_id(),
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return key


def credentials(role_arn: str, *, service: str, session: str) -> dict[str, str]:
    """Spell the keys of a session that was opened, as programs find them in their environment."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return dict(zip(names, _keys(role_arn, service, session), strict=True))


def _keys(role_arn: str, service: str, session: str) -> tuple[str, str, str]:
    digest = hashlib.sha256(f"{service}:{role_arn}:{session}".encode()).hexdigest()
    return f"ASIA{digest[:16].upper()}", digest, digest[::-1]
