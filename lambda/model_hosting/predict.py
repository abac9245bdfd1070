"""Answer requests of the API with predictions of the endpoint: the function's entry point."""

import os
import time
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from model_hosting.ask_endpoint import Answer, Asking, NotAnsweredError
from model_hosting.circuit_breaker import CircuitBreaker
from model_hosting.current_variants import CurrentVariants, read_variants
from model_hosting.prediction_request import PredictionRequest, RefusedError, read_request
from model_hosting.prediction_shift import PredictionShift
from model_hosting.proxy_events import body_of, headers_of, response
from model_hosting.settings import Settings
from model_hosting.sticky_variant import sticky_variant
from runtime.errors import failure_of
from runtime.publish_metrics import publish

logger = Logger()
SHORTEST_SECONDS = 0.2  # of an attempt
REFUSALS = ("ValidationError", "ValidationException")  # how SageMaker refuses a name
RETRY_SECONDS = 1.0  # until an endpoint is described again that could not be


@cache
def settings() -> Settings:
    """Read the environment once."""
    return Settings.read(os.environ)


@cache
def client(service: str) -> Any:
    """Create each client once; retries are our own, which know the deadline and the breaker."""
    config = Config(
        connect_timeout=1,
        read_timeout=settings().answer_seconds,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return boto3.client(service, config=config)


@cache
def asking() -> Asking:
    """Keep one breaker for the life of an execution environment."""
    own = settings()
    breaker = CircuitBreaker(
        failures=own.failures, open_seconds=own.open_seconds, clock=time.monotonic
    )
    return Asking(client("sagemaker-runtime"), breaker)


class Variants:
    """What is known of the endpoint's variants, for as long as the settings say."""

    def __init__(self) -> None:
        self._known, self._until = CurrentVariants({}, {}), 0.0

    def current(self) -> CurrentVariants:
        """Describe the endpoint, unless that was just done; what is known is better than nothing.

        Whoever cannot be told the weights is answered by the variant that the endpoint chooses.
        """
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + RETRY_SECONDS
            try:
                described = client("sagemaker").describe_endpoint(EndpointName=settings().endpoint)
                self._known = read_variants(described)
                self._until = time.monotonic() + settings().weights_seconds
            except (ClientError, BotoCoreError) as error:
                logger.warning("endpoint not described", extra={"error": failure_of(error).code})
        return self._known

    def forget(self) -> None:
        """Describe the endpoint anew at the next request: it has changed meanwhile."""
        self._until = 0.0


@cache
def variants() -> Variants:
    """Keep one memory of them for the life of an execution environment."""
    return Variants()


@cache
def shifts() -> dict[str, PredictionShift]:
    """Remember answers by variant for the life of an execution environment."""
    return {}


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; nothing of it is logged, and a reason never holds a value of it."""
    started = time.monotonic()
    left = context.get_remaining_time_in_millis() / 1000 - SHORTEST_SECONDS
    try:
        request = read_request(headers_of(event), body_of(event))
        before = started + min(settings().answer_seconds, left)
        status, told = 200, _predict(request, before, name=context.aws_request_id)
    except RefusedError as refused:
        status, told = refused.status, {"error": str(refused)}
    except NotAnsweredError as problem:
        status, told = problem.outcome.status, {"error": problem.outcome.reason}
        if not problem.outcome.is_refusal:
            logger.error("no predictions", extra={"error": problem.code})
    publish({"Answers": 1}, status=str(status))
    return response(status, told)


def _predict(request: PredictionRequest, before: float, *, name: str) -> dict[str, Any]:
    """Ask for predictions; ``name`` is what a request is captured and told the truth of by."""
    known = variants().current()
    endpoint = settings().endpoint
    asked: dict[str, Any] = {
        "EndpointName": endpoint,
        "ContentType": "application/json",
        "Accept": "application/json",
        "InferenceId": name,
        "Body": request.body(),
    }
    if request.key is not None and any(known.weights.values()):
        chosen = sticky_variant(request.key, known.weights, experiment=endpoint)
        asked["TargetVariant"] = chosen
    try:
        answer = asking().ask(asked, len(request.rows), before=before)
    except NotAnsweredError as problem:
        if "TargetVariant" not in asked or problem.code not in REFUSALS:
            raise
        # The variant went with an update, since the endpoint was described.
        variants().forget()
        del asked["TargetVariant"]
        answer = asking().ask(asked, len(request.rows), before=before)
    _watch(answer, is_updating=known.is_updating)
    return {
        "id": name,
        "predictions": answer.predictions,
        "variant": answer.variant,
        "model_version": known.versions.get(answer.variant),
    }


def _watch(answer: Answer, *, is_updating: bool) -> None:
    """Tell how far answers during an update are from those before it: that takes it back."""
    shift = shifts().setdefault(answer.variant, PredictionShift())
    index = shift.add(answer.predictions, is_updating=is_updating)
    if index is not None:
        publish({"PredictionShift": index}, unit=MetricUnit.NoUnit)
