"""The four functions that answer a request, in AWS's framework image or a server of one's own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from model_training.media_types import JSON, answer_form, body_form
from model_training.predictions import Predictions, body_of
from model_training.read_environment import is_batch
from model_training.refused_requests import RefusedRequestError
from model_training.request_rows import Request, request_of, rows_of
from model_training.served_model import ServedModel, load

# A refusal is handed on as a value, and not raised: AWS's toolkit makes a 500 with a traceback of
# whatever is raised. It gives the last function the context, by which a status can be set.


def model_fn(model_dir: str) -> ServedModel:
    """Load what the archive holds; raises for a model that does not tell what it told."""
    return load(Path(model_dir))


def input_fn(body: bytes | str | None, content_type: str | None) -> Request | RefusedRequestError:
    """Take a body: JSON, JSON Lines or CSV, in UTF-8."""
    try:
        form = body_form(content_type or "")
        return request_of(body or b"", replace(form, by_line=True) if is_batch() else form)
    except RefusedRequestError as error:
        return error


def predict_fn(
    request: Request | RefusedRequestError, model: ServedModel
) -> Predictions | RefusedRequestError:
    """Hold the rows to the model's signature, and tell a number for each."""
    if isinstance(request, RefusedRequestError):
        return request
    try:
        rows = rows_of(request, model.plan)
    except RefusedRequestError as error:
        return error
    return Predictions(model.predict(rows.floats), rows.refused)


def output_fn(
    predictions: Predictions | RefusedRequestError, accept: str | None, context: Any = None
) -> tuple[bytes, str]:
    """Write the answer, and name its content type.

    Raises RefusedRequestError where there is no context to set a status by.
    """
    try:
        if isinstance(predictions, RefusedRequestError):
            raise predictions
        form = answer_form(accept or "*/*")
        if is_batch() and form.kind != JSON:
            form = replace(form, tells_refused=True)
        return body_of(predictions, form), form.content_type
    except RefusedRequestError as error:
        if context is None:
            raise
        context.set_response_status(code=int(error.status), phrase=error.status.phrase)
        return error.body(), JSON
