"""What a distributed Map returns: its children's outputs, or a manifest of them in S3."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.services.stepfunctions import engine, items
from sandbox.services.stepfunctions.failures import StateError
from sandbox.services.stepfunctions.flows import Visit
from sandbox.services.stepfunctions.resources import integration
from sandbox.services.stepfunctions.upstream import stepfunctions

UNWRITABLE = "States.ResultWriterFailed"
_FILES = {"SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED", "TIMED_OUT": "FAILED", "ABORTED": "FAILED"}
Record = Mapping[str, Any]


async def collect(visit: Visit, map_run: Record, children: Sequence[Record]) -> Any:
    """Gather the results as the state's ResultWriter says. Raises `StateError`."""
    writer = visit.state.get("ResultWriter")
    done = [json.loads(c["output"]) for c in children if c["status"] == "SUCCEEDED"]
    if writer is None:
        return done
    where = items.settings(visit, writer)
    transformation = (writer.get("WriterConfig") or {}).get("Transformation", "NONE")
    if "Bucket" not in where:
        return _transformed(transformation, children, done)
    prefix = "/".join(
        part for part in (str(where.get("Prefix", "")).strip("/"), _run_id(map_run)) if part
    )
    files = {
        name: _transformed(transformation, group, done if name == "SUCCEEDED" else [])
        for name, group in _grouped(children).items()
    }
    listed: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    for name, content in files.items():
        key = f"{prefix}/{name}_0.json"
        size = await _put(where["Bucket"], key, content)
        listed[name].append({"Key": key, "Size": size})
        map_run["itemCounts"]["resultsWritten"] += len(content)
        map_run["executionCounts"]["resultsWritten"] += len(content)
    manifest = {
        "DestinationBucket": where["Bucket"],
        "MapRunArn": map_run["mapRunArn"],
        "ResultFiles": listed,
    }
    await _put(where["Bucket"], f"{prefix}/manifest.json", manifest)
    details = {"Bucket": where["Bucket"], "Key": f"{prefix}/manifest.json"}
    return {"MapRunArn": map_run["mapRunArn"], "ResultWriterDetails": details}


def _grouped(children: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for child in children:
        found.setdefault(_FILES[child["status"]], []).append(child)
    return found


def _transformed(how: str, children: Sequence[Record], outputs: list[Any]) -> list[Any]:
    if how == "COMPACT":
        return outputs
    if how == "FLATTEN":
        return [
            part
            for output in outputs
            for part in (output if isinstance(output, list) else [output])
        ]
    return [_described(child) for child in children]


def _described(child: Record) -> dict[str, Any]:
    names = {
        "ExecutionArn": "executionArn",
        "Input": "input",
        "InputDetails": "inputDetails",
        "Name": "name",
        "Output": "output",
        "OutputDetails": "outputDetails",
        "Error": "error",
        "Cause": "cause",
        "StartDate": "startDate",
        "StateMachineArn": "stateMachineArn",
        "Status": "status",
        "StopDate": "stopDate",
    }
    return {name: child[key] for name, key in names.items() if child.get(key) is not None}


def _run_id(map_run: Record) -> str:
    return str(map_run["mapRunArn"]).rpartition(":")[2]


async def _put(bucket: str, key: str, content: Any) -> int:
    given = {"Bucket": bucket, "Key": key, "Body": content, "ContentType": "application/json"}
    resource = integration("aws-sdk:s3", "putObject")
    try:
        await engine.in_thread(stepfunctions._invoke_resource, resource, given)
    except stepfunctions._ExecutionError as error:
        raise StateError(UNWRITABLE, f"Failed to write {bucket}/{key}: {error.cause}") from error
    return len(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode())
