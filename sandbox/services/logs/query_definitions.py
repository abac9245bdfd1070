"""CloudWatch Logs Insights: saved queries, by API and by template; they are kept, not run."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.emulator import Reply
from sandbox.core.upstream import responses
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.logs.upstream import cloudwatch_logs

Properties = Mapping[str, Any]
_PREFIX = "Logs_20140328."
_saved: dict[str, dict[str, Any]] = {}


def install() -> None:
    """Add the three operations and the type."""
    patching.wrap(
        cloudwatch_logs,
        "handle_request",
        _serve,
        because="saved queries of Logs Insights are kept; the emulator has none",
    )
    patching.wrap(
        cloudwatch_logs, "reset", _forget, because="a reset forgets the saved queries too"
    )
    emulator.add_resource_type(
        "AWS::Logs::QueryDefinition",
        create=lambda _logical_id, properties, _stack: _put_properties(None, properties),
        update=lambda query_id, _old, new, _stack: _put_properties(query_id, new),
        delete=_delete_type,
    )


def _serve(original: Callable[..., Awaitable[Reply]]) -> Callable[..., Awaitable[Reply]]:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: Any, query: Mapping[str, Any]
    ) -> Reply:
        target = headers.get("x-amz-target", "")
        run = _OPERATIONS.get(target.removeprefix(_PREFIX)) if target.startswith(_PREFIX) else None
        if run is None:
            return await original(method, path, headers, body, query)
        try:
            reply: Reply = responses.json_response(run(json.loads(body or b"{}")))
        except emulator.ServiceError as error:
            return emulator.error_reply(error)
        return reply

    return handle


def _forget(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        original()
        _saved.clear()

    return reset


def _put(request: Properties) -> dict[str, Any]:
    for name in ("name", "queryString"):
        if not request.get(name):
            raise emulator.ServiceError("InvalidParameterException", f"{name} is missing")
    query_id = request.get("queryDefinitionId")
    if query_id and query_id not in _saved:
        raise emulator.ServiceError(
            "ResourceNotFoundException", "The specified query definition does not exist."
        )
    query_id = query_id or responses.new_uuid()
    _saved[query_id] = {
        "queryLanguage": request.get("queryLanguage", "CWLI"),
        "queryDefinitionId": query_id,
        "name": request["name"],
        "queryString": request["queryString"],
        "logGroupNames": list(request.get("logGroupNames") or ()),
    }
    return {"queryDefinitionId": query_id}


def _describe(request: Properties) -> dict[str, Any]:
    prefix = request.get("queryDefinitionNamePrefix") or ""
    found = [query for query in _saved.values() if query["name"].startswith(prefix)]
    return {"queryDefinitions": sorted(found, key=lambda query: str(query["name"]))}


def _delete(request: Properties) -> dict[str, Any]:
    return {"success": _drop(request.get("queryDefinitionId", ""))}


def _delete_type(query_id: str, _properties: Properties) -> None:
    _drop(query_id)


def _drop(query_id: str) -> bool:
    return _saved.pop(query_id, None) is not None


_OPERATIONS: Mapping[str, Callable[[Properties], dict[str, Any]]] = {
    "PutQueryDefinition": _put,
    "DescribeQueryDefinitions": _describe,
    "DeleteQueryDefinition": _delete,
}


def _put_properties(query_id: str | None, properties: Properties) -> tuple[str, Properties]:
    request: dict[str, Any] = {
        "name": properties.get("Name"),
        "queryString": properties.get("QueryString"),
        "logGroupNames": plain(properties.get("LogGroupNames")),
    }
    if query_id:
        request["queryDefinitionId"] = query_id
    if language := properties.get("QueryLanguage"):
        request["queryLanguage"] = language
    try:
        made = str(_put(request)["queryDefinitionId"])
    except emulator.ServiceError as error:
        raise ValueError(f"{error.code}: {error.message}") from error
    return made, {"QueryDefinitionId": made}
