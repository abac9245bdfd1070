"""SageMaker's operations: each request is held against AWS's model before it is carried out."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.core import emulator, request_validation
from sandbox.core.emulator import Handler, Reply, ServiceError
from sandbox.core.upstream import gateway

Request = dict[str, Any]
Operation = Callable[[Request], Any]

_operations: dict[str, Operation] = {}
_below: dict[str, Handler] = {}
_resets: list[Callable[[], None]] = []


def install() -> None:
    """Serve what the other modules add: by its name, or below a path."""
    emulator.add_service("sagemaker", _operations, target_prefix="SageMaker")
    named = gateway.SERVICE_HANDLERS["sagemaker"]

    async def handle(method: str, path: str, *rest: Any) -> Reply:
        found = next((_below[prefix] for prefix in _below if path.startswith(prefix)), named)
        return await found(method, path, *rest)

    emulator.serve("sagemaker", handle, reset=_reset)


def add(operations: Mapping[str, Operation]) -> None:
    """Serve operations by their names; each takes the request and gives the reply.

    A plain function runs in a thread, a coroutine function on the event loop.
    """
    for name, run in operations.items():
        _operations[name] = _checked(name, run)


def add_path(prefix: str, handler: Handler) -> None:
    """Serve raw requests below a path, such as ``/endpoints/`` of the runtime."""
    _below[prefix] = handler


def on_reset(forget: Callable[[], None]) -> None:
    """Have state forgotten when the sandbox is reset."""
    _resets.append(forget)


def invalid(message: str) -> ServiceError:
    """Refuse a request for what it says."""
    return ServiceError("ValidationException", message)


def not_found(arn: str) -> ServiceError:
    """Say that there is no such resource."""
    return ServiceError("ResourceNotFound", f"{arn} does not exist.")


def refuse_beyond(name: str, request: Mapping[str, Any], carried: Iterable[str]) -> None:
    """Refuse what a request says and nobody here carries out; raises ServiceError that names it."""
    lost = sorted({member for member, value in request.items() if value} - {*carried})
    if lost:
        raise invalid(
            f"the sandbox does not carry out {', '.join(lost)} of {name}; leave it out, "
            f"or run this in an account"
        )


def _checked(name: str, run: Operation) -> Operation:
    def check(request: Request) -> None:
        if found := request_validation.violations("sagemaker", name, request):
            raise invalid(request_validation.validation_message(found))

    if inspect.iscoroutinefunction(run):

        async def serve_here(request: Request) -> Any:
            check(request)
            return await run(request)

        return serve_here

    def serve(request: Request) -> Any:
        check(request)
        return run(request)

    return serve


def _reset() -> None:
    for forget in _resets:
        forget()
