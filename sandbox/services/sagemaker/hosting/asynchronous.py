"""Asynchronous invocations: an object is read, its answer is written, a topic is told."""

import contextvars
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sandbox.core import in_flight
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.iam import problems
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.sagemaker.containers import objects
from sandbox.services.sagemaker.hosting import invocations
from sandbox.services.sagemaker.hosting.containers import LeavingError
from sandbox.services.sagemaker.hosting.endpoints import Endpoint
from sandbox.services.sagemaker.hosting.variants import Question
from sandbox.services.sagemaker.roles import Role

_TIMEOUT_SECONDS = 900.0
_backlog: dict[str, int] = {}
_changing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Order:
    """One asynchronous invocation: where it reads, where it writes, and what it says."""

    inference_id: str
    source: str
    output: str
    failure: str
    content_type: str
    accept: str
    custom_attributes: str
    seconds: float
    received_at: str


def take(
    name: str,
    *,
    source: str,
    content_type: str,
    accept: str,
    custom_attributes: str,
    inference_id: str,
    seconds: str,
) -> Order:
    """Take an invocation; it is answered later. Raises ServiceError."""
    endpoint = invocations.found(name)
    config = endpoint.fleet.config.asynchronous
    if config is None:
        raise invocations.refused(
            f"Endpoint {name} is not asynchronous; it is invoked by InvokeEndpoint."
        )
    if not source.startswith("s3://"):
        raise invocations.refused(f"InputLocation is {source!r}; the sandbox reads s3://bucket/key")
    paths, made = config["OutputConfig"], responses.new_uuid()
    output = f"{paths['S3OutputPath'].rstrip('/')}/{made}.out"
    failures = paths.get("S3FailurePath")
    order = Order(
        inference_id=inference_id or responses.new_uuid(),
        source=source,
        output=output,
        failure=f"{failures.rstrip('/')}/{made}-error.out" if failures else "",
        content_type=content_type,
        accept=accept,
        custom_attributes=custom_attributes,
        seconds=float(seconds or _TIMEOUT_SECONDS),
        received_at=_now(),
    )
    _count(name, 1)
    run = contextvars.copy_context().run
    threading.Thread(
        target=run, args=(_answer, endpoint, config, order), name="asynchronous", daemon=True
    ).start()
    return order


def _answer(endpoint: Endpoint, config: Mapping[str, Any], order: Order) -> None:
    with in_flight.counted("asynchronous invocation"):
        said: dict[str, Any] = {"invocationStatus": "Completed"}
        try:
            role, kind = _do(endpoint, config, order)
            said["responseParameters"] = {
                "contentType": kind,
                "outputLocation": order.output,
            }
        except (ServiceError, invocations.ModelFailedError, objects.TransferError) as error:
            role = _role(endpoint)
            reason = f"ClientError: {error}"
            said = {"invocationStatus": "Failed", "failureReason": reason}
            if order.failure:
                said["responseParameters"] = {"outputLocation": order.failure}
                _put(role, config, order.failure, reason.encode())
        finally:
            _count(endpoint.name, -1)
        _tell(endpoint, config, order, role, said)


def _do(endpoint: Endpoint, config: Mapping[str, Any], order: Order) -> tuple[Role, str]:
    role = _role(endpoint)
    body = objects.Store(role).get(order.source)
    question = Question(
        body=body,
        content_type=order.content_type,
        accept=order.accept,
        custom_attributes=order.custom_attributes,
        inference_id=order.inference_id,
    )
    while True:
        fleet, variant = endpoint.choose(question)
        try:
            answer = invocations.ask(endpoint, fleet, variant, question, order.seconds)
        except LeavingError:
            endpoint = invocations.found(endpoint.name)
            continue
        key = config["OutputConfig"].get("KmsKeyId")
        objects.Store(role, key).put(order.output, answer.body)
        return role, answer.content_type


def _role(endpoint: Endpoint) -> Role:
    return endpoint.fleet.config.variants[0].model.role


def _put(role: Role, config: Mapping[str, Any], uri: str, body: bytes) -> None:
    try:
        objects.Store(role, config["OutputConfig"].get("KmsKeyId")).put(uri, body)
    except objects.TransferError as error:
        problems.report("delivery", f"a failed invocation cannot be kept: {error}")


# https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html
def _tell(
    endpoint: Endpoint,
    config: Mapping[str, Any],
    order: Order,
    role: Role,
    said: Mapping[str, Any],
) -> None:
    topics = config["OutputConfig"].get("NotificationConfig") or {}
    is_good = said["invocationStatus"] == "Completed"
    topic = topics.get("SuccessTopic" if is_good else "ErrorTopic")
    if not topic:
        return
    message = {
        "awsRegion": responses.get_region(),
        "eventTime": _now(),
        "receivedTime": order.received_at,
        **said,
        "requestParameters": {
            "contentType": order.content_type,
            "endpointName": endpoint.name,
            "inputLocation": order.source,
        },
        "inferenceId": order.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    try:
        role.client("sns").publish(TopicArn=topic, Message=json.dumps(message))
    except ClientError as error:
        problems.report("delivery", f"{endpoint.name} cannot publish to {topic}: {error}")


def _count(endpoint: str, by: int) -> None:
    with _changing:
        _backlog[endpoint] = size = _backlog.get(endpoint, 0) + by
    where = {"EndpointName": endpoint}
    cloudwatch.record_metric("AWS/SageMaker", "ApproximateBacklogSize", size, "Count", where)


def _now() -> str:
    return f"{CLOCK.now():%Y-%m-%dT%H:%M:%S.000Z}"
