"""Who asks, in conditions: a session of a role is that role, by whatever name the session goes."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import iam_evaluator
from sandbox.iam.upstream import iam

Resolve = Callable[[str, Any], Any]


def install() -> None:
    """Mend a condition key, for which the emulator names the session."""
    patching.wrap(
        iam_evaluator,
        "_resolve_condition_key",
        roles_for_sessions,
        because="aws:PrincipalArn is the role of a session; the emulator says the session",
    )


def roles_for_sessions(original: Resolve) -> Resolve:
    """Let ``aws:PrincipalArn`` be the ARN of the role that a session is of, its path included.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """

    def resolve(key: str, ctx: Any) -> Any:
        found = original(key, ctx)
        is_session = ":assumed-role/" in str(found)
        return role_of(str(found)) if key.lower() == "aws:principalarn" and is_session else found

    return resolve


def role_of(session_arn: str) -> str:
    """Return the ARN of the role that a session is of, its path included."""
    name = iam_evaluator._role_name_from_assumed_arn(session_arn)
    account = session_arn.split(":")[4]
    role = iam._roles.get_scoped(account, None, name)
    return str(role["Arn"]) if role else session_arn
