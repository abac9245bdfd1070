"""What a plug-in may ask of the emulator: add services and resource types, act as the caller."""

import asyncio
import contextlib
import contextvars
import functools
import inspect
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import (
    aws_sdk,
    gateway,
    iam_actions,
    iam_evaluator,
    provisioners,
    responses,
    router,
)

Reply = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Reply]]
Operation = Callable[[dict[str, Any]], Any]
Create = Callable[[str, Mapping[str, Any], str], tuple[str, Mapping[str, Any]]]
Update = Callable[[str, Mapping[str, Any], Mapping[str, Any], str], tuple[str, Mapping[str, Any]]]
Delete = Callable[[str, Mapping[str, Any]], None]
Apply = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any] | None]

PARTITION = "aws"  # the only one that the emulator plays
_JSON = "application/x-amz-json-1.1"
_caller: contextvars.ContextVar[str | None] = contextvars.ContextVar("caller", default=None)
_reply_headers: contextvars.ContextVar[dict[str, str] | None] = contextvars.ContextVar(
    "reply_headers", default=None
)


class ServiceError(Exception):
    """An error that the caller sees as AWS's own: its code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def add_service(
    name: str,
    operations: Mapping[str, Operation],
    *,
    target_prefix: str,
    reset: Callable[[], None] | None = None,
) -> None:
    """Serve a JSON 1.1 service, to SDKs over HTTP and to Step Functions in process.

    ``name`` is the service's name in a SigV4 credential scope, which is its IAM prefix too.
    Each operation takes the parsed request and returns the reply; a plain function runs in a
    thread, a coroutine function on the event loop. ``reset`` forgets all state.
    """

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes | str, query: dict[str, Any]
    ) -> Reply:
        prefix, _, operation = headers.get("x-amz-target", "").partition(".")
        run = operations.get(operation) if prefix == target_prefix else None
        try:
            if run is None:
                raise ServiceError(
                    "UnknownOperationException",
                    f"the sandbox does not have {name}:{operation}; "
                    f"it has {', '.join(sorted(operations))}",
                )
            request = _parse(body)
            if inspect.iscoroutinefunction(run):
                reply = await run(request)
            else:
                reply = await asyncio.to_thread(run, request)
        except ServiceError as error:
            return error_reply(error)
        return 200, {"Content-Type": _JSON}, json.dumps(reply or {}).encode()

    serve(name, handle, reset=reset)
    router.SERVICE_PATTERNS[name] = {"target_prefixes": [f"{target_prefix}."]}
    aws_sdk._AWS_SDK_SERVICE_MAP[name] = {"target_prefix": target_prefix, "protocol": "json"}


def serve(name: str, handle: Handler, *, reset: Callable[[], None] | None = None) -> None:
    """Give a service to a handler of raw requests, in place of the emulator's if it has one."""
    gateway.SERVICE_HANDLERS[name] = handle
    if name not in gateway.SERVICE_REGISTRY:
        gateway.SERVICE_REGISTRY[name] = {"module": name}
        reset = reset or (lambda: None)
    if reset is not None:  # the emulator resets the modules of its registry
        module = SimpleNamespace(handle_request=handle, reset=reset)
        gateway._loaded_modules[gateway.SERVICE_REGISTRY[name]["module"]] = module
    # Without a pattern, the first call to a service reads every botocore model (seconds).
    router.SERVICE_PATTERNS.setdefault(name, {})
    iam_actions.SERVICE_TO_IAM_NAMESPACE.setdefault(name, name)


def _parse(body: bytes | str) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")  # bytes from HTTP, str from Step Functions
    except ValueError as error:
        raise ServiceError("SerializationException", f"the body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ServiceError("SerializationException", "the body is not a JSON object")
    return parsed


def error_reply(error: ServiceError) -> Reply:
    """Spell an error for a JSON 1.1 caller."""
    reply: Reply = responses.error_response_json(
        error.code, error.message, error.status, content_type=_JSON
    )
    return reply


def add_resource_type(
    cfn_type: str, *, create: Create, delete: Delete, update: Update | None = None
) -> None:
    """Teach CloudFormation a resource type.

    ``create(logical_id, properties, stack_name)`` and ``update(physical_id, old, new,
    stack_name)`` return the physical id and what ``Fn::GetAtt`` finds. They run on the event
    loop, so they must call functions and never the sandbox's own port.
    """
    handler: dict[str, Any] = {"create": create, "delete": delete}
    if update is not None:
        handler["update"] = update
    provisioners._RESOURCE_HANDLERS[cfn_type] = handler


def after_create(cfn_type: str, apply: Apply, *, because: str) -> None:
    """Have ``apply(physical_id, properties, attributes)`` restore what the emulator drops.

    It runs after a resource was created and after it was updated; the attributes that it
    returns are added to those that ``Fn::GetAtt`` finds.
    """

    def finish(made: tuple[str, Mapping[str, Any] | None], properties: Mapping[str, Any]) -> Any:
        physical_id, attributes = made[0], dict(made[1] or {})
        return physical_id, attributes | dict(apply(physical_id, properties, attributes) or {})

    @functools.wraps(apply)
    def create(original: Callable[..., Any]) -> Callable[..., Any]:
        def create_and_apply(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
            return finish(original(logical_id, properties, stack), properties)

        return create_and_apply

    @functools.wraps(apply)
    def update(original: Callable[..., Any]) -> Callable[..., Any]:
        def update_and_apply(physical_id: str, old: Any, new: dict[str, Any], *rest: str) -> Any:
            return finish(original(physical_id, old, new, *rest), new)

        return update_and_apply

    for verb, make in (("create", create), ("update", update)):
        if verb == "create" or "update" in provisioners._RESOURCE_HANDLERS.get(cfn_type, {}):
            patching.wrap_item(
                provisioners,
                "_RESOURCE_HANDLERS",
                (cfn_type, verb),
                make,
                because=because,
            )


def caller() -> str | None:
    """Return the access key that signed the current request, None outside of one."""
    return _caller.get()


@contextlib.contextmanager
def acting_as(access_key_id: str | None) -> Iterator[None]:
    """Judge permissions as this caller, for work that outlives the request that asked for it."""
    token = _caller.set(access_key_id)
    # Of such work the emulator knows no connection, and takes it for one without TLS.
    pinned = iam_evaluator._request_origin.set(("127.0.0.1", True))
    try:
        yield
    finally:
        _caller.reset(token)
        iam_evaluator._request_origin.reset(pinned)


def deny_reason(action: str, resource_arn: str) -> str | None:
    """Say why the caller may not do this, None when it may.

    Weighs identity policies, boundaries, session policies and the resource's own policy.
    """
    if not gateway.AUTH:
        return None
    access_key_id = caller()
    if access_key_id is None:
        raise RuntimeError(
            f"no caller to judge {action} by; run the work inside emulator.acting_as(...)"
        )
    service = action.partition(":")[0]
    denied = iam_evaluator.enforce(
        access_key_id, action, service, responses.get_region(), resource_arn=resource_arn
    )
    if denied is None:
        return None
    if isinstance(denied, iam_evaluator.AuthError):
        return f"{denied.code}: {denied.message}"
    explicit = " with an explicit deny" if denied.decision == "Deny" else ""
    return (
        f"User: {denied.principal_arn} is not authorized to perform: {action} "
        f"on resource: {resource_arn}{explicit}"
    )


def reply_header(name: str, value: str) -> None:
    """Add a header to the reply of the current HTTP request; in-process callers see none."""
    headers = _reply_headers.get()
    if headers is not None:
        headers[name.lower()] = value


@contextlib.contextmanager
def request_from(access_key_id: str) -> Iterator[dict[str, str]]:
    """Open the scope of one HTTP request; yields the headers to add to its reply."""
    headers: dict[str, str] = {}
    tokens = _caller.set(access_key_id), _reply_headers.set(headers)
    try:
        yield headers
    finally:
        _caller.reset(tokens[0])
        _reply_headers.reset(tokens[1])
