"""The roles that Glue works as: jobs, crawlers and evaluations of data quality."""

from sandbox.core import emulator
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.iam import sessions

_PRINCIPAL = "glue.amazonaws.com"


def credentials(role: str, *, session: str) -> dict[str, str]:
    """Open a session of a role, which is given by its name or ARN.

    Raises ServiceError InvalidInputException for a role that Glue cannot assume.
    """
    arn = role if role.startswith("arn:") else _arn(role)
    try:
        sessions.assume(arn, service=_PRINCIPAL, session=session)
    except sessions.NotAssumableError as error:
        raise ServiceError(
            "InvalidInputException",
            f"Role {arn} should be given assume role permissions for Glue Service.",
        ) from error
    return sessions.credentials(arn, service=_PRINCIPAL, session=session)


def _arn(name: str) -> str:
    return f"arn:{emulator.PARTITION}:iam::{responses.get_account_id()}:role/{name}"
