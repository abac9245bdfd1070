"""One invocation of an endpoint: who answers it, what is measured and kept, and what is told."""

import json
import time
from collections.abc import Mapping
from typing import Any

from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.logs.upstream import cloudwatch_logs
from sandbox.services.sagemaker.hosting import capture, choices, endpoint_operations, metrics
from sandbox.services.sagemaker.hosting.containers import LONGEST_SECONDS, Answer, LeavingError
from sandbox.services.sagemaker.hosting.endpoints import Endpoint
from sandbox.services.sagemaker.hosting.fleets import Fleet
from sandbox.services.sagemaker.hosting.variants import (
    BusyError,
    ModelError,
    Question,
    QuestionError,
    Variant,
)

# https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model-options.html
_MOST_BYTES, _MOST_BYTES_SERVERLESS = 25 * 1024**2, 4 * 1024**2


class ModelFailedError(Exception):
    """A model did not answer well; the members of the runtime's ModelError."""

    def __init__(self, error: ModelError, endpoint: str) -> None:
        region, account = responses.get_region(), responses.get_account_id()
        group = f"/aws/sagemaker/Endpoints/{endpoint}"
        who = "client" if 400 <= error.status < 500 else "server"
        message = (
            f"Received {who} error ({error.status}) from {error.container} with message "
            f'"{error.said}". See https://{region}.console.aws.amazon.com/cloudwatch/home'
            f"?region={region}#logEventViewer:group={group} in account {account} for more "
            "information."
        )
        super().__init__(message)
        self.members: Mapping[str, Any] = {
            "Message": message,
            "OriginalStatusCode": error.status,
            "OriginalMessage": error.said,
            "LogStreamArn": _log_arn(group),
        }


def refused(message: str) -> ServiceError:
    """Refuse a request as the runtime does."""
    return ServiceError("ValidationError", message, 400)


def found(name: str) -> Endpoint:
    """Find an endpoint that answers; raises ServiceError where there is none."""
    endpoint = endpoint_operations.find(name)
    if endpoint is None or not endpoint.answers:
        account = responses.get_account_id()
        raise refused(f"Endpoint {name} of account {account} not found.")
    return endpoint


def invoke(name: str, question: Question) -> tuple[str, Answer]:
    """Have a variant answer; gives its name too. Raises ServiceError or ModelFailedError."""
    endpoint = found(name)
    config = endpoint.fleet.config
    if config.asynchronous:
        raise refused(f"Endpoint {name} is asynchronous; it is invoked by InvokeEndpointAsync.")
    most = _MOST_BYTES_SERVERLESS if config.is_serverless else _MOST_BYTES
    if len(question.body) > most:
        raise refused(f"Request of {len(question.body)} bytes exceeds the limit of {most} bytes.")
    while True:
        fleet, variant = _chosen(endpoint, question)
        try:
            return variant.name, ask(endpoint, fleet, variant, question)
        except LeavingError:  # its endpoint was updated meanwhile, or is gone
            endpoint = found(name)


def ask(
    endpoint: Endpoint,
    fleet: Fleet,
    variant: Variant,
    question: Question,
    longest: float = LONGEST_SECONDS,
) -> Answer:
    """Ask one variant, measure it, and keep what is captured.

    Raises ServiceError, ModelFailedError, or LeavingError where another is to answer.
    """
    started, seconds, status = time.monotonic(), None, 0
    was_there = question.target_model in variant.model_names()
    try:
        answer = variant.ask(question, longest)
        seconds, status = answer.seconds, answer.status
    except ModelError as error:
        status = error.status
        _measure(endpoint, variant, status, started, seconds)
        raise ModelFailedError(error, endpoint.name) from error
    except QuestionError as error:
        raise refused(str(error)) from error
    except BusyError as error:
        raise ServiceError("ThrottlingException", str(error), 429) from error
    _measure(endpoint, variant, status, started, seconds)
    if question.target_model:
        metrics.record_models(
            endpoint.name,
            variant.name,
            loaded=len(variant.model_names()),
            was_there=was_there,
        )
    if fleet.captures:
        capture.keep(endpoint.name, fleet.config, variant, question, answer)
    return answer


def error_body(error: ModelFailedError) -> bytes:
    """Spell a model's error as the runtime does."""
    return json.dumps(error.members).encode()


def _log_arn(group: str) -> str:
    return str(cloudwatch_logs._make_group_arn(group)).removesuffix(":*")


def _chosen(endpoint: Endpoint, question: Question) -> tuple[Fleet, Variant]:
    try:
        return endpoint.choose(question)
    except (QuestionError, choices.NoTrafficError) as error:
        raise refused(str(error)) from error


def _measure(
    endpoint: Endpoint, variant: Variant, status: int, started: float, seconds: float | None
) -> None:
    taken = time.monotonic() - started
    metrics.record_invocation(
        endpoint.name,
        variant.name,
        instances=variant.instances,
        asynchronous=bool(endpoint.fleet.config.asynchronous),
        status=status,
        model_seconds=taken if seconds is None else seconds,
        overhead_seconds=max(0.0, taken - (seconds or taken)),
    )
