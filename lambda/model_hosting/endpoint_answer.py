"""What an endpoint's answer, or its error, means to whoever asked for predictions. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.errors import Failure

# What the model's handler says of a request that it refuses, as our handlers say it: these mean
# the same to the client. Any other 4xx of a container is the container's fault, or ours.
_PASSED_ON = {400: 400, 406: 400, 413: 413, 415: 400, 422: 400}
_LONGEST_REASON = 300
_UNREADY = {"ModelNotReadyException", "ServiceUnavailable", "ServiceUnavailableException"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do about an error: answer with ``status`` and ``reason``, or first ask again."""

    status: int
    reason: str
    may_pass: bool

    @property
    def is_refusal(self) -> bool:
        """Whether the endpoint is well and the request is not."""
        return self.status < 500


def read_error(failure: Failure, response: Mapping[str, Any]) -> Outcome:
    """Tell a refused request from a model in trouble, and what may pass from what does not.

    ``response`` is the error as botocore has it; SageMaker tells the container's own status.
    """
    status = int(response.get("OriginalStatusCode", 0) or 0)
    if failure.code == "ModelError" and status in _PASSED_ON:
        return Outcome(_PASSED_ON[status], one_line(response.get("OriginalMessage", "")), False)
    if failure.code == "ModelError":
        return Outcome(502, "the model failed on this request; try again later", status >= 500)
    if failure.is_denial:
        return Outcome(500, "this service may not ask the endpoint; its operators know", False)
    if failure.code in _UNREADY or failure.is_transient:
        return Outcome(503, "the endpoint is busy; try again in a moment", True)
    if failure.code in {"ValidationError", "ValidationException"}:
        return Outcome(503, "no model is deployed; try again later", False)
    if failure.status == 0:  # no answer at all: out of time, or out of reach
        return Outcome(504, "the endpoint did not answer in time; try again in a moment", True)
    return Outcome(502, "the endpoint failed; try again later", False)


def one_line(message: str) -> str:
    """Return the reason that a handler gave; servers of AWS's images add a traceback below it."""
    text = message.strip()
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if isinstance(told, dict):
        text = str(told.get("reason") or told.get("error") or told.get("message") or "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0].startswith(("Traceback", "{", "[", "<")):
        return "the model refuses the rows; compare them with its signature"
    return "".join(c for c in lines[0] if c.isprintable())[:_LONGEST_REASON]


def predictions_of(body: bytes, rows: int) -> list[Any]:
    """Read the predictions of so many rows; raise ValueError for any other answer.

    An answer is an array, or an object that holds it as ``predictions``.
    """
    found = json.loads(body)
    told = found.get("predictions") if isinstance(found, dict) else found
    if not isinstance(told, list) or len(told) != rows:
        raise ValueError(
            f"an answer without {rows} predictions; allowed: as many as rows; look at the handlers "
            "of the model that is deployed"
        )
    return told
