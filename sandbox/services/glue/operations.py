"""Operations of Glue that the emulator does not have, served beside its own."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching, request_validation
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.glue.upstream import glue

Request = Mapping[str, Any]
Operation = Callable[[Request], Any]
_operations: dict[str, Operation] = {}


def install() -> None:
    """Look among ours before the emulator says that there is no such operation."""
    patching.wrap(
        glue,
        "_handle_request_sync",
        _beside,
        because="data quality is no part of the emulator's Glue, and its crawlers find nothing",
    )


def add(operations: Mapping[str, Operation]) -> None:
    """Serve operations by their names; each takes the parsed request and gives the reply."""
    _operations.update(operations)


def _beside(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle(method: str, path: str, headers: Any, body: Any, query_params: Any) -> Any:
        name = headers.get("x-amz-target", "").partition("AWSGlue.")[2]
        operation = _operations.get(name)
        if operation is None:
            return original(method, path, headers, body, query_params)
        try:
            return responses.json_response(operation(_checked(name, body)) or {})
        except ServiceError as error:
            return responses.error_response_json(error.code, error.message, error.status)

    return handle


def _checked(name: str, body: Any) -> Request:
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise ServiceError("SerializationException", f"the body is not JSON: {error}") from error
    if found := request_validation.violations("glue", name, request):
        raise ServiceError("InvalidInputException", request_validation.validation_message(found))
    checked: Request = request
    return checked
