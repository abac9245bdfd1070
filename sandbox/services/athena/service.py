"""Athena: the emulator's control plane with a real engine behind its queries."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.upstream import responses
from sandbox.services.athena import starting
from sandbox.services.athena.engine.executions import Execution, page
from sandbox.services.athena.starting import invalid
from sandbox.services.athena.upstream import athena
from sandbox.services.athena.workgroups import Reply, Request, executions
from sandbox.services.glue.upstream import glue
from sandbox.services.s3 import reading


def install() -> None:
    """Put our operations in the place of the emulator's."""
    for name, operation in {
        "_start_query_execution": starting.start,
        "_get_query_execution": _get,
        "_batch_get_query_execution": _batch_get,
        "_get_query_results": _results,
        "_stop_query_execution": _stop,
        "_list_query_executions": _list,
        "_get_table_metadata": _table_metadata,
    }.items():
        patching.replace(
            athena,
            name,
            _answering(operation),
            because="queries are Trino's SQL on the catalog's tables, with the caller's rights",
        )
    patching.wrap(
        athena, "reset", _resetting, because="a reset cancels and forgets our executions too"
    )


def _answering(operation: Callable[[Request], Any]) -> Callable[[Request], Reply]:
    @functools.wraps(operation)
    def answer(data: Request) -> Reply:
        try:
            reply: Reply = responses.json_response(operation(data))
            return reply
        except emulator.ServiceError as error:
            extra = {"AthenaErrorCode": error.code} if error.code == "MALFORMED_QUERY" else None
            code = "InvalidRequestException" if extra else error.code
            refused: Reply = responses.error_response_json(
                code, error.message, error.status, extra=extra
            )
            return refused

    return answer


def _resetting(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        for execution in list(executions.values()):
            execution.cancel()
        executions.clear()
        starting.forget()
        original()

    return reset


def _found(identity: Any) -> Execution:
    execution: Execution | None = executions.get(identity)
    if execution is None:
        raise invalid(f"QueryExecution {identity} was not found")
    return execution


def _get(data: Request) -> Mapping[str, Any]:
    return {"QueryExecution": _found(data.get("QueryExecutionId")).described()}


def _batch_get(data: Request) -> Mapping[str, Any]:
    wanted = data.get("QueryExecutionIds") or []
    missing = [
        {
            "QueryExecutionId": i,
            "ErrorCode": "INVALID_INPUT",
            "ErrorMessage": f"QueryExecution {i} was not found",
        }
        for i in wanted
        if i not in executions
    ]
    found = [executions[i].described() for i in wanted if i in executions]
    return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}


def _results(data: Request) -> Mapping[str, Any]:
    execution = _found(data.get("QueryExecutionId"))
    if execution.state == "FAILED":
        raise invalid(
            f"Query did not finish successfully. Final query state: FAILED. {execution.reason}"
        )
    if execution.state != "SUCCEEDED":
        raise invalid(f"Query has not yet finished. Current state: {execution.state}")
    if execution.result is not None and execution.result.manifest is None:
        bucket, _, key = execution.file.removeprefix("s3://").partition("/")
        try:
            reading.read_object(bucket, key)
        except emulator.ServiceError as error:
            raise invalid(f"Could not find results: {error.message}") from error
    token = str(data.get("NextToken") or "0")
    if not token.isdigit():
        raise invalid("Invalid NextToken")
    limit = int(data.get("MaxResults") or 1000)
    if not 1 <= limit <= 1000:
        raise invalid(f"MaxResults is {limit}; it must be between 1 and 1000")
    answer, following = page(execution, int(token), limit)
    return {**answer, "NextToken": str(following)} if following is not None else answer


def _stop(data: Request) -> Mapping[str, Any]:
    _found(data.get("QueryExecutionId")).cancel()
    return {}


def _list(data: Request) -> Mapping[str, Any]:
    name = data.get("WorkGroup") or "primary"
    kept = [e for e in executions.values() if e.workgroup == name]
    newest = sorted(kept, key=lambda e: e.submitted, reverse=True)
    start, limit = int(data.get("NextToken") or 0), int(data.get("MaxResults") or 50)
    reply: dict[str, Any] = {
        "QueryExecutionIds": [e.query_id for e in newest[start : start + limit]]
    }
    return reply | ({"NextToken": str(start + limit)} if start + limit < len(newest) else {})


def _table_metadata(data: Request) -> Mapping[str, Any]:
    database, name = data.get("DatabaseName"), data.get("TableName")
    table = glue._tables.get(f"{database}/{name}")
    if table is None:
        raise emulator.ServiceError(
            "MetadataException", f"EntityNotFoundException: Entity Not Found: table {name}"
        )
    return {"TableMetadata": athena._glue_table_to_metadata(table)}
