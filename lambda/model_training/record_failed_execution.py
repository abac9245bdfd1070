"""When an execution has failed, keep what of it failed and why: a function's entry point."""

import json
import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger

from runtime import settings
from runtime.publish_metrics import publish

FOLDER = "failed_executions/"
logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Write one record an execution, however often it is told of; all are alike."""
    execution = event["detail"]["pipelineExecutionArn"]
    told = {p["Name"]: p["Value"] for p in parameters(execution)}
    record = {
        "execution": execution,
        "status": event["detail"]["currentPipelineExecutionStatus"],
        "at": event["time"],
        "manifest": told.get("ManifestUri"),
        "content_hash": told.get("ContentHash"),
        "steps": [step for step in map(shown, steps(execution)) if step["reason"]],
    }
    client("s3").put_object(
        Bucket=settings.string(os.environ, "FAILURES_BUCKET"),
        Key=f"{FOLDER}{execution.rpartition('/')[2]}.json",
        Body=json.dumps(record, indent=1).encode(),
        ContentType="application/json",
    )
    logger.warning("an execution failed", extra={"execution": execution})
    publish({"ExecutionsFailed": 1})


def parameters(execution: str) -> list[dict[str, str]]:
    """Ask what an execution was told."""
    found = client("sagemaker").list_pipeline_parameters_for_execution(
        PipelineExecutionArn=execution
    )
    return list(found["PipelineParameters"])


def steps(execution: str) -> list[dict[str, Any]]:
    """Ask how the steps of an execution ended."""
    found = client("sagemaker").list_pipeline_execution_steps(PipelineExecutionArn=execution)
    return list(found["PipelineExecutionSteps"])


def shown(step: dict[str, Any]) -> dict[str, str]:
    """Tell how a step ended."""
    return {
        "step": step["StepName"],
        "status": step["StepStatus"],
        "reason": step.get("FailureReason", ""),
    }


@cache
def client(service: str) -> Any:
    """Make one client for all invocations of an instance."""
    return boto3.client(service)
