"""Hand requests of the API to an asynchronous endpoint: the function's entry point."""

import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from model_hosting.endpoint_answer import read_error
from model_hosting.prediction_request import RefusedError, read_request
from model_hosting.proxy_events import body_of, headers_of, response
from runtime.errors import failure_of
from runtime.publish_metrics import publish
from runtime.settings import string

logger = Logger()
JSON = "application/json"


@cache
def client(service: str) -> Any:
    """Create each client once. To ask twice is to be answered twice, at places of their own."""
    config = Config(
        connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
    )
    return boto3.client(service, config=config)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take one request, and tell where its answer will be; whoever asks reads it there.

    Nothing of it is logged, and a reason never holds a value of it.
    """
    try:
        request = read_request(headers_of(event), body_of(event))
        status, told = 202, _hand_over(request.body(), context.aws_request_id)
    except RefusedError as refused:
        status, told = refused.status, {"error": str(refused)}
    except (ClientError, BotoCoreError) as error:
        failure = failure_of(error)
        outcome = read_error(failure, getattr(error, "response", None) or {})
        status, told = outcome.status, {"error": outcome.reason}
        logger.error("not handed over", extra={"error": failure.code})
    publish({"Answers": 1}, status=str(status))
    return response(status, told)


def _hand_over(body: bytes, name: str) -> dict[str, str]:
    bucket, folder = string(os.environ, "REQUESTS_BUCKET"), string(os.environ, "REQUESTS_FOLDER")
    key = f"{folder}/{name}.json"
    client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType=JSON)
    reply = client("sagemaker-runtime").invoke_endpoint_async(
        EndpointName=string(os.environ, "ENDPOINT_NAME"),
        ContentType=JSON,
        Accept=JSON,
        InputLocation=f"s3://{bucket}/{key}",
        InferenceId=name,
    )
    return {"id": name, "output": reply["OutputLocation"], "failure": reply["FailureLocation"]}
