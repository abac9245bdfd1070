"""Workgroups: what belongs to one, for IAM to judge, and what their configuration may be."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.upstream import responses
from sandbox.iam import request_resources
from sandbox.services.athena.engine import connection
from sandbox.services.athena.upstream import athena

Reply = tuple[int, dict[str, str], bytes]
Request = dict[str, Any]

executions = responses.AccountRegionScopedDict()  # every query, by its id


def install() -> None:
    """Check workgroups, and tell IAM which workgroup a query or a named query is of."""
    patching.wrap(
        athena,
        "_create_workgroup",
        _checked_workgroup,
        because="settings that the engine does not carry out are refused",
    )
    patching.wrap(
        athena,
        "_get_workgroup",
        _shown_workgroup,
        because="a workgroup is described with the engine and the limits that are in force",
    )
    request_resources.tell("athena", _resource)


def arn(workgroup: str) -> str:
    """Name a workgroup for IAM."""
    where = f"{responses.get_region()}:{responses.get_account_id()}"
    return f"arn:{emulator.PARTITION}:athena:{where}:workgroup/{workgroup}"


def true(value: Any) -> bool:
    """Read a flag that came as a boolean or, from CloudFormation, as text."""
    return str(value).lower() == "true"


_OWN = ("StartQueryExecution", "ListQueryExecutions", "CreateNamedQuery", "ListNamedQueries")


def _resource(action: str, request: Mapping[str, Any]) -> str | None:
    workgroup = _workgroup_of(action, request)
    return f"workgroup/{workgroup}" if workgroup else None


def _workgroup_of(action: str, data: Mapping[str, Any]) -> str | None:
    if action == "CreateWorkGroup":
        return str(data.get("Name") or "") or None
    for identity in (data.get("QueryExecutionId"), *(data.get("QueryExecutionIds") or [])):
        if execution := executions.get(identity):
            return str(execution.workgroup)
    for identity in (data.get("NamedQueryId"), *(data.get("NamedQueryIds") or [])):
        if named := athena._named_queries.get(identity):
            return str(named["WorkGroup"])
    return "primary" if action in _OWN else None


def _checked_workgroup(original: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def create(data: Request) -> Reply:
        cutoff = (data.get("Configuration") or {}).get("BytesScannedCutoffPerQuery")
        if cutoff is not None and int(cutoff) < 10_000_000:
            message = f"BytesScannedCutoffPerQuery is {cutoff}; the least is 10000000"
            refused: Reply = responses.error_response_json("InvalidRequestException", message, 400)
            return refused
        connection.make_ready()
        return original(data)

    return create


def _shown_workgroup(original: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def show(data: Request) -> Reply:
        status, headers, body = original(data)
        if status >= 300:
            return status, headers, body
        shown = json.loads(body)
        configuration = shown["WorkGroup"].setdefault("Configuration", {})
        for flag in ("EnforceWorkGroupConfiguration", "PublishCloudWatchMetricsEnabled"):
            if flag in configuration:
                configuration[flag] = true(configuration[flag])
        engine = configuration.setdefault("EngineVersion", {"SelectedEngineVersion": "AUTO"})
        engine.setdefault("EffectiveEngineVersion", "Athena engine version 3")
        return status, headers, json.dumps(shown).encode()

    return show
