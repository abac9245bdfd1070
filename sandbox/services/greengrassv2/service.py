"""Greengrass V2's operations: each request is held against AWS's model before it is done."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, error_replies, request_validation
from sandbox.core.emulator import Reply, ServiceError
from sandbox.core.rest_json import Routes
from sandbox.core.upstream import iam_actions
from sandbox.services.greengrassv2 import components, deployments, tags

NAME = "greengrass"  # of the signature, of the endpoint and of IAM's actions
MODEL = "greengrassv2"

Request = Mapping[str, Any]
_OPERATIONS: Mapping[str, Callable[[Request], Any]] = {
    "CreateComponentVersion": components.create,
    "DescribeComponent": components.describe,
    "GetComponent": components.get,
    "ListComponents": components.list_components,
    "ListComponentVersions": components.list_versions,
    "DeleteComponent": components.delete,
    "CreateDeployment": deployments.create,
    "GetDeployment": deployments.get,
    "ListDeployments": deployments.list_deployments,
    "CancelDeployment": deployments.cancel,
    "DeleteDeployment": deployments.delete,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "ListTagsForResource": tags.list_tags,
}


def install() -> None:
    """Add the service, which the emulator lacks."""
    routes = Routes(MODEL, "Greengrass", _OPERATIONS)

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes | str, query: Request
    ) -> Reply:
        try:
            name, request = routes.request(method, path, body, query)
            require_valid(name, request)
            reply = await asyncio.to_thread(_OPERATIONS[name], request)
        except ServiceError as error:
            return error_replies.error(NAME, headers, error.code, error.message, error.status)
        return 200, {"Content-Type": "application/json"}, json.dumps(reply).encode()

    emulator.serve(NAME, handle, reset=_reset)
    iam_actions._BOTOCORE_SERVICE_MAP[NAME] = [MODEL]


def require_valid(operation: str, request: Request) -> None:
    """Refuse what AWS's model of the operation does not allow; raises ServiceError."""
    if found := request_validation.violations(MODEL, operation, request):
        raise ServiceError("ValidationException", request_validation.validation_message(found))


def _reset() -> None:
    components.forget()
    deployments.forget()
    tags.forget()
