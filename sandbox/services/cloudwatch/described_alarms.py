"""Whoever describes alarms by their names needs the right on each of them, not on any."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import iam_actions, responses
from sandbox.iam import further_rights
from sandbox.iam.further_rights import Right

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html

_ACTION = "cloudwatch:DescribeAlarms"
_SERVICE = "monitoring"
# The member in CBOR: its name, then an array of less than 24, then texts of less than 256 bytes.
_IN_CBOR = re.compile(rb"\x6aAlarmNames([\x80-\x97])", re.DOTALL)
_IN_QUERY = re.compile(r"AlarmNames\.member\.\d+")


def install() -> None:
    """Tell IAM of it."""
    patching.wrap(
        iam_actions,
        "extract_resource_arn",
        _resource,
        because="alarms are described by their names, which the emulator takes for any",
    )
    further_rights.need(_others)


def names_in(body: bytes, query: Mapping[str, Any]) -> list[str]:
    """Read the names of the alarms that are asked for, in the protocols that CloudWatch speaks."""
    if body.startswith(b"{"):
        with contextlib.suppress(ValueError):  # the service says what is wrong with it
            found = json.loads(body).get("AlarmNames")
            return [str(each) for each in found] if isinstance(found, list) else []
        return []
    if named := _IN_CBOR.search(body):
        return list(_texts(body[named.end() :], named[1][0] - 0x80))
    asked = (value for name, value in sorted(query.items()) if _IN_QUERY.fullmatch(name))
    return [value[0] if isinstance(value, list) else str(value) for value in asked]


def _texts(body: bytes, count: int) -> Iterator[str]:
    for _ in range(count):
        head = body[0]
        begin, length = (2, body[1]) if head == 0x78 else (1, head - 0x60)
        yield body[begin : begin + length].decode(errors="replace")
        body = body[begin + length :]


def _arn(name: str) -> str:
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    return f"arn:{PARTITION}:cloudwatch:{place}:alarm:{name}"


def _resource(original: Callable[..., str]) -> Callable[..., str]:
    def resource(
        service: str, method: str, path: str, headers: Any, body: Any, query: Any, *rest: Any
    ) -> str:
        known = original(service, method, path, headers, body, query, *rest)
        if service != _SERVICE or known != "*":
            return known
        action = iam_actions.extract_iam_action(service, method, path, headers, body, query)
        named = names_in(body or b"", query) if action == _ACTION else []
        return _arn(named[0]) if named else known

    return resource


def _others(request: further_rights.Request) -> Iterator[Right]:
    if request.action == _ACTION:
        for name in names_in(request.body, request.query)[1:]:
            yield Right(_ACTION, _arn(name))
