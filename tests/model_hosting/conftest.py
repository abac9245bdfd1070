"""The predicting function, before an endpoint that answers as a test says."""

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.response import StreamingBody

from model_hosting import predict
from testing.clock import Clock
from testing.stubs import Stubs, clients_of

ENVIRONMENT = {
    "ENDPOINT_NAME": "modelhosting",
    "ANSWER_SECONDS": "8",
    "BREAKER_FAILURES": "5",
    "BREAKER_SECONDS": "10",
    "WEIGHTS_SECONDS": "15",
    "POWERTOOLS_METRICS_NAMESPACE": "MlReferenceArchitectures",
    "POWERTOOLS_SERVICE_NAME": "ModelHosting",
}
ROW = {"dwell_seconds": 12.5, "entrance": "north"}


class Function(Stubs):
    """The function behind the API."""

    def __init__(self, clients: dict[str, Any], clock: Clock) -> None:
        super().__init__(clients)
        self.clock = clock

    def run(
        self, body: Any, *, headers: dict[str, str] | None = None, seconds: float = 29, **event: Any
    ) -> tuple[int, dict[str, Any]]:
        """Send a request; ``body`` is text as it comes, or what JSON is made of."""
        ends = self.clock() + seconds
        context = SimpleNamespace(
            function_name="Predict",
            memory_limit_in_mb=512,
            invoked_function_arn="function-arn",
            aws_request_id="request-1",
            get_remaining_time_in_millis=lambda: int((ends - self.clock()) * 1000),
        )
        sent = {
            "headers": {"Content-Type": "application/json"} if headers is None else headers,
            "body": body if isinstance(body, str | None) else json.dumps(body),
            **event,
        }
        reply = predict.handler(sent, context)
        assert reply["headers"]["Content-Type"] == "application/json"
        return reply["statusCode"], json.loads(reply["body"])

    def has_variants(self, config: str = "modelhosting-v3-0a1b", **weights: float) -> None:
        """Let the endpoint be described."""
        variants = [{"VariantName": n, "CurrentWeight": w} for n, w in weights.items()]
        described = {
            "EndpointName": "modelhosting", "EndpointArn": "arn-of-the-endpoint-as-aws-spells-it",
            "EndpointConfigName": config, "EndpointStatus": "InService",
            "CreationTime": 0, "LastModifiedTime": 0, "ProductionVariants": variants,
        }  # fmt: skip
        self.answers("describe_endpoint", described, {"EndpointName": "modelhosting"})

    def predicts(
        self, *predictions: Any, variant: str = "Champion", target: str | None = None
    ) -> None:
        """Let the endpoint answer; ``target`` is the variant that it has to be asked for."""
        body = json.dumps(list(predictions)).encode()
        reply = {
            "Body": StreamingBody(io.BytesIO(body), len(body)),
            "ContentType": "application/json",
            "InvokedProductionVariant": variant,
        }
        rows = json.dumps([ROW] * len(predictions)).encode()
        asked = {
            "EndpointName": "modelhosting", "ContentType": "application/json",
            "Accept": "application/json", "InferenceId": "request-1", "Body": rows,
        }  # fmt: skip
        if target:
            asked["TargetVariant"] = target
        self.answers("invoke_endpoint", reply, asked)

    def model_fails(self, status: int, message: str) -> None:
        """Let the container answer with an error, as SageMaker hands it on."""
        self.stubs["sagemaker-runtime"].add_client_error(
            "invoke_endpoint", "ModelError", "Received an error from primary.", 424,
            response_meta=None,
            modeled_fields={
                "OriginalStatusCode": status,
                "OriginalMessage": message,
                "LogStreamArn": "arn",
            },
        )  # fmt: skip


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """Make the clients once."""
    return clients_of("sagemaker", "sagemaker-runtime")


@pytest.fixture
def function(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """Put the function before stubs, with a clock that only waiting moves."""
    clock = Clock()
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for memory in (predict.settings, predict.asking, predict.variants):
        memory.cache_clear()
    monkeypatch.setattr(predict, "client", clients.__getitem__)
    monkeypatch.setattr(time, "monotonic", clock)
    made = predict.asking().__class__
    breaker = predict.asking().breaker
    asking = made(clients["sagemaker-runtime"], breaker, clock, clock.sleep, lambda: 1.0)
    monkeypatch.setattr(predict, "asking", lambda: asking)
    found = Function(clients, clock)
    with found.active():
        yield found
    predict.settings.cache_clear()
    predict.variants.cache_clear()


class Kept(logging.Handler):
    """Keeps what is logged, whole."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record with all that it carries."""
        self.lines.append(repr(vars(record)))


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """Read all that the function has logged."""
    kept = Kept()
    predict.logger.addHandler(kept)
    yield lambda: "\n".join(kept.lines)
    logging.getLogger(predict.logger.name).removeHandler(kept)
