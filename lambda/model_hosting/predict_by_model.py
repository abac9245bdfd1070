"""Answer requests of the API by the model that each of them names: the function's entry point."""

import json
import os
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger

from model_hosting import predict
from model_hosting.ask_endpoint import NotAnsweredError
from model_hosting.ordered_rows import ordered_rows
from model_hosting.prediction_request import PredictionRequest, RefusedError, read_request
from model_hosting.proxy_events import body_of, headers_of, response
from runtime.publish_metrics import publish
from runtime.settings import string

logger = Logger()


@cache
def columns() -> Sequence[str]:
    """Read the columns' names once."""
    found: list[str] = json.loads(string(os.environ, "COLUMNS"))
    return found


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; nothing of it is logged, and a reason never holds a value of it.

    Models of such an endpoint take rows without names, in an order that the environment tells.
    """
    started = time.monotonic()
    left = context.get_remaining_time_in_millis() / 1000 - predict.SHORTEST_SECONDS
    try:
        request = read_request(headers_of(event), body_of(event), names_model=True)
        before = started + min(predict.settings().answer_seconds, left)
        status, told = 200, _predict(request, before)
    except RefusedError as refused:
        status, told = refused.status, {"error": str(refused)}
    except NotAnsweredError as problem:
        status, told = problem.outcome.status, {"error": problem.outcome.reason}
        if not problem.outcome.is_refusal:
            logger.error("no predictions", extra={"error": problem.code})
    publish({"Answers": 1}, status=str(status))
    return response(status, told)


def _predict(request: PredictionRequest, before: float) -> dict[str, Any]:
    asked = {
        "EndpointName": predict.settings().endpoint,
        "ContentType": "text/csv",
        "Accept": "application/json",
        "TargetModel": f"{request.model}.tar.gz",
        "Body": ordered_rows(request.rows, columns()),
    }
    answer = predict.asking().ask(asked, len(request.rows), before=before)
    predictions = [
        each["score"] if isinstance(each, dict) and "score" in each else each
        for each in answer.predictions
    ]
    return {"predictions": predictions, "model": request.model}
