"""The rights that a request needs beside the one that the emulator asks for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.emulator import Handler, Reply
from sandbox.core.upstream import gateway, iam_actions, responses
from sandbox.iam import authorization


@dataclass(frozen=True)
class Request:
    """A request as it came in; ``action`` is IAM's name of what it does."""

    service: str
    action: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, Any]


@dataclass(frozen=True)
class Right:
    """What is needed, on what, and what conditions may ask of it."""

    action: str
    resource_arn: str
    context: Mapping[str, Any] = field(default_factory=dict)


Find = Callable[[Request], Iterable[Right]]
_finders: list[Find] = []


def need(find: Find) -> None:
    """Ask for the rights that ``find`` names of each request."""
    _finders.append(find)


def install() -> None:
    """Judge every request on its way to its service."""
    for service, handle in list(gateway.SERVICE_HANDLERS.items()):
        gateway.SERVICE_HANDLERS[service] = _judged(service, handle)


def _judged(service: str, handle: Handler) -> Handler:
    async def judged(
        method: str, path: str, headers: dict[str, str], body: Any, query: dict[str, Any]
    ) -> Reply:
        caller = authorization.request_caller()
        if caller is not None and caller.policies is not None:
            raw = body.encode() if isinstance(body, str) else body or b""
            action = iam_actions.extract_iam_action(service, method, path, headers, raw, query)
            request = Request(service, action or "", method, path, headers, raw, query)
            for right in (right for find in _finders for right in find(request)):
                why = authorization.denial(caller, right.action, right.resource_arn, right.context)
                if why is not None:
                    refused: Reply = iam_actions.access_denied_response(
                        service,
                        right.action,
                        caller.arn,
                        responses.new_uuid(),
                        headers=headers,
                        resource_arn=right.resource_arn,
                        message=why,
                    )
                    return refused
        return await handle(method, path, headers, body, query)

    return judged
