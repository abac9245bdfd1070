"""Pipelines: made, changed, started, described, stopped."""

import secrets
from collections.abc import Mapping
from typing import Any

from sandbox.core import in_flight
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.s3 import reading
from sandbox.services.sagemaker import names, operations, pages, tags
from sandbox.services.sagemaker.operations import Request, invalid, not_found, refuse_beyond
from sandbox.services.sagemaker.pipelines import cache, definitions
from sandbox.services.sagemaker.pipelines.executions import Execution
from sandbox.services.sagemaker.roles import Role

_SHOWN = ("PipelineName", "PipelineDisplayName", "PipelineDescription", "RoleArn")
_KEPT = (*_SHOWN, "ParallelismConfiguration")
_CARRIED = (*_KEPT, "PipelineDefinition", "PipelineDefinitionS3Location", "Tags")
_pipelines: Any = responses.AccountRegionScopedDict()
_executions: Any = responses.AccountRegionScopedDict()
_tokens: Any = responses.AccountRegionScopedDict()
_all: list[Execution] = []
_cache = cache.Cache()


def install() -> None:
    """Serve the operations."""
    in_flight.watch("pipeline execution to be done", _under_way)
    operations.on_reset(_reset)
    operations.add(
        {
            "CreatePipeline": create,
            "UpdatePipeline": update,
            "DescribePipeline": _describe,
            "ListPipelines": _list,
            "DeletePipeline": delete,
            "StartPipelineExecution": start,
            "StopPipelineExecution": _stop,
            "UpdatePipelineExecution": _rename,
            "DescribePipelineExecution": _describe_execution,
            "ListPipelineExecutions": _list_executions,
            "ListPipelineExecutionSteps": _list_steps,
            "ListPipelineParametersForExecution": _list_parameters,
            "DescribePipelineDefinitionForExecution": _describe_definition,
        }
    )


def create(request: Request) -> Any:
    """Make a pipeline, once its definition was found to be one that can be carried out."""
    refuse_beyond("CreatePipeline", request, (*_CARRIED, "ClientRequestToken"))
    name = request["PipelineName"]
    arn, token = names.arn("pipeline", name), ("create", request["ClientRequestToken"])
    if token in _tokens:
        return {"PipelineArn": _tokens[token]}
    if arn in _pipelines:
        raise invalid(f"Pipeline names must be unique within an AWS account and region: {arn}")
    definition = _definition(request)
    if definition is None:
        raise invalid("PipelineDefinition or PipelineDefinitionS3Location must be given")
    Role(request["RoleArn"], arn)  # refused now, not when somebody starts it
    now = CLOCK.time()
    kept = {member: request[member] for member in _KEPT if member in request}
    made = {"PipelineArn": arn, "PipelineStatus": "Active", "CreationTime": now, **kept}
    tags.put(arn, request.get("Tags"))
    _pipelines[arn] = {**made, "LastModifiedTime": now, "definition": definition}
    _tokens[token] = arn
    return {"PipelineArn": arn}


def update(request: Request) -> Any:
    """Change a pipeline; executions that run keep what they started with."""
    refuse_beyond("UpdatePipeline", request, _CARRIED)
    pipeline = _found(request["PipelineName"])
    definition = _definition(request)
    if "RoleArn" in request:
        Role(request["RoleArn"], pipeline["PipelineArn"])
    pipeline.update({member: request[member] for member in _KEPT[1:] if member in request})
    pipeline["definition"] = definition or pipeline["definition"]
    pipeline["LastModifiedTime"] = CLOCK.time()
    return {"PipelineArn": pipeline["PipelineArn"]}


def delete(request: Mapping[str, Any]) -> Any:
    """Delete a pipeline and forget its executions; none may run."""
    pipeline = _found(request["PipelineName"])
    arn = pipeline["PipelineArn"]
    own = [each for each in _executions.values() if each.pipeline_arn == arn]
    if running := [each.arn for each in own if not each.is_over]:
        raise ServiceError(
            "ConflictException", f"Pipeline {arn} has an execution that runs: {running[0]}"
        )
    for execution in own:
        del _executions[execution.arn]
        _all.remove(execution)
    tags.drop(arn)
    del _pipelines[arn]
    return {"PipelineArn": arn}


def start(request: Request) -> Any:
    """Start an execution; the same token starts one once."""
    refuse_beyond(
        "StartPipelineExecution",
        request,
        (
            *("PipelineName", "PipelineExecutionDisplayName", "PipelineParameters"),
            *("PipelineExecutionDescription", "ClientRequestToken", "ParallelismConfiguration"),
        ),
    )
    pipeline = _found(request["PipelineName"])
    token = (pipeline["PipelineArn"], request.get("ClientRequestToken") or secrets.token_hex(16))
    given = request.get("PipelineParameters") or []
    if token in _tokens:
        arn, before = _tokens[token]
        if before != given:
            raise ServiceError(
                "ConflictException",
                f"ClientRequestToken {token[1]} started {arn} with other parameters",
            )
        return {"PipelineExecutionArn": arn}
    definition = pipeline["definition"]
    values = definitions.filled(definition, given)
    execution = Execution(pipeline, definition, request, values, _cache)
    _tokens[token] = (execution.arn, given)
    _executions[execution.arn] = execution
    _all.append(execution)
    pipeline["LastRunTime"] = CLOCK.time()
    execution.begin()
    return {"PipelineExecutionArn": execution.arn}


def exists(arn: str) -> bool:
    """Tell whether there is a pipeline of this ARN."""
    return arn in _pipelines


def _definition(request: Mapping[str, Any]) -> definitions.Definition | None:
    text, place = request.get("PipelineDefinition"), request.get("PipelineDefinitionS3Location")
    if text and place:
        raise invalid("PipelineDefinition and PipelineDefinitionS3Location do not go together")
    if place:
        body = reading.read_object(place["Bucket"], place["ObjectKey"], place.get("VersionId"))
        text = body.decode()
    if not text:
        return None
    parsed = definitions.parsed(text)
    for step in parsed.steps.values():
        cache.expires_after(step)
    return parsed


def _describe(request: Request) -> Any:
    refuse_beyond("DescribePipeline", request, ("PipelineName",))
    pipeline = _found(request["PipelineName"])
    shown = {member: value for member, value in pipeline.items() if member != "definition"}
    return {**shown, "PipelineDefinition": pipeline["definition"].text}


def _list(request: Request) -> Any:
    summary = (*_SHOWN, "PipelineArn", "CreationTime", "LastModifiedTime")
    found = [
        {
            **{member: each[member] for member in summary if member in each},
            **({"LastExecutionTime": each["LastRunTime"]} if "LastRunTime" in each else {}),
        }
        for each in _pipelines.values()
        if request.get("PipelineNamePrefix", "")
        == each["PipelineName"][: len(request.get("PipelineNamePrefix", ""))]
    ]
    bounds = {
        f"CreationTime{side}": request[f"Created{side}"]
        for side in ("After", "Before")
        if f"Created{side}" in request
    }
    return pages.page({**request, **bounds}, "PipelineSummaries", found, name="PipelineName")


def _stop(request: Request) -> Any:
    execution = _running(request)
    if execution.is_over:
        raise invalid(
            f"Pipeline execution with ARN {execution.arn} is {execution.status}; only executions "
            "that run can be stopped."
        )
    execution.stop()
    return {"PipelineExecutionArn": execution.arn}


def _rename(request: Request) -> Any:
    refuse_beyond(
        "UpdatePipelineExecution",
        request,
        ("PipelineExecutionArn", "PipelineExecutionDescription", "PipelineExecutionDisplayName"),
    )
    execution = _running(request)
    execution.rename(request)
    return {"PipelineExecutionArn": execution.arn}


def _describe_execution(request: Request) -> Any:
    return _running(request).described()


def _list_executions(request: Request) -> Any:
    arn = _found(request["PipelineName"])["PipelineArn"]
    own = [each.summary() for each in _executions.values() if each.pipeline_arn == arn]
    asked = {"SortBy": "StartTime", **request}
    asked["SortBy"] = {"CreationTime": "StartTime"}.get(asked["SortBy"], asked["SortBy"])
    return pages.page(asked, "PipelineExecutionSummaries", own)


def _list_steps(request: Request) -> Any:
    execution = _running(request)
    found = [run.described() for run in list(execution.runs.values())]
    return pages.page({"SortBy": "StartTime", **request}, "PipelineExecutionSteps", found)


def _list_parameters(request: Request) -> Any:
    execution = _running(request)
    found = [{"Name": name, "Value": str(value)} for name, value in execution.values.items()]
    return pages.page(
        {"SortBy": "Name", "SortOrder": "Ascending", **request},
        "PipelineParameters",
        found,
        name="Name",
    )


def _describe_definition(request: Request) -> Any:
    execution = _running(request)
    return {
        "PipelineDefinition": execution.definition.text,
        "CreationTime": execution.created,
    }


def _found(name: str) -> dict[str, Any]:
    arn = names.arn("pipeline", name)
    pipeline: dict[str, Any] | None = _pipelines.get(arn)
    if pipeline is None:
        raise not_found(f"Pipeline '{arn}'")
    return pipeline


def _running(request: Mapping[str, Any]) -> Execution:
    arn = str(request.get("PipelineExecutionArn"))
    execution: Execution | None = _executions.get(arn)
    if execution is None:
        raise not_found(f"Pipeline execution with ARN {arn}")
    return execution


def _under_way() -> int:
    return sum(not execution.is_over for execution in _all)


def _reset() -> None:
    for execution in _all:
        execution.stop()
    _all.clear()
    _cache.clear()
    for store in (_pipelines, _executions, _tokens):
        store.clear()
