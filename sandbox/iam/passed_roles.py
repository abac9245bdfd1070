"""Who gives a role to a service must be allowed to pass that role to that service."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import responses
from sandbox.iam import further_rights
from sandbox.iam.further_rights import Request, Right

# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PRINCIPALS = {
    "ecs": "ecs-tasks",
    "elasticmapreduce": "elasticmapreduce",
    "rds": "monitoring.rds",
    "execute-api": "apigateway",
}
# They take roles to act on, or to act as with the rights that the role's own trust policy gives.
_NOT_PASSED = ("iam", "sts", "tag", "access-analyzer", "lakeformation")
# They read, or what they carry is data of the caller's own.
_NEVER = re.compile(r"(?!s3:PutRep)s3:|\w+:(Get|List|Describe|Search|Simulate|BatchGet|Invoke)")
_MEMBER = re.compile(r"role(_?arn)?$", re.IGNORECASE)
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/\S+")
_IN_XML = re.compile(r"<(\w+)>\s*(arn:[^<\s]+)\s*</\1>")
_BY_NAME = ("glue",)  # Role of Glue is "the name or ARN of the IAM role"


def install() -> None:
    """Ask for iam:PassRole on every role in a request that makes, changes or runs something."""
    further_rights.need(_of)


def _of(request: Request) -> Iterator[Right]:
    namespace = request.action.partition(":")[0]
    if namespace in _NOT_PASSED or _NEVER.match(request.action):
        return
    service = f"{_PRINCIPALS.get(namespace, namespace)}.amazonaws.com"
    for role in dict.fromkeys(_roles(request, namespace)):
        yield Right("iam:PassRole", role, {"iam:PassedToService": service})


def _roles(request: Request, namespace: str) -> Iterator[str]:
    text = request.body.decode(errors="replace").lstrip()
    if text.startswith("<"):
        members = [(name, value) for name, value in _IN_XML.findall(text)]
    elif text.startswith("{"):
        members = list(_members(_parsed(text)))
    else:
        members = parse_qsl(text)
    for name, value in members:
        if not _MEMBER.search(name):
            continue
        if _ROLE.fullmatch(value):
            yield value
        elif namespace in _BY_NAME and name == "Role" and value:
            yield f"arn:{PARTITION}:iam::{responses.get_account_id()}:role/{value}"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}  # the service itself says what is wrong with the request


def _members(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str):
                yield name, inner
            else:
                yield from _members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner)
