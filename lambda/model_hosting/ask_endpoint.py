"""Ask an endpoint for predictions: in time, again where that may help, and not while it fails."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from model_hosting.circuit_breaker import CircuitBreaker
from model_hosting.endpoint_answer import Outcome, predictions_of, read_error
from runtime.backoff import waits
from runtime.errors import failure_of


class NotAnsweredError(Exception):
    """A request that has no predictions, and what to tell of it."""

    def __init__(self, outcome: Outcome, code: str) -> None:
        super().__init__(outcome.reason)
        self.outcome, self.code = outcome, code


@dataclass(frozen=True, slots=True)
class Answer:
    """Predictions of all rows, and the variant that made them."""

    predictions: list[Any]
    variant: str


@dataclass(frozen=True, slots=True)
class Asking:
    """How an endpoint is asked; clock, sleep and random are those of this function."""

    runtime: Any
    breaker: CircuitBreaker
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = SystemRandom().random

    def ask(self, request: Mapping[str, Any], rows: int, *, before: float) -> Answer:
        """Call InvokeEndpoint until it answers, refuses, or the clock says ``before``.

        Raises NotAnsweredError. A prediction changes nothing, so asking twice does no harm.
        """
        pauses = waits(lambda: before - self.clock(), self.random)
        while True:
            if not self.breaker.allows():
                left = self.breaker.seconds_left
                reason = f"the endpoint fails and is left alone; try again in {left:.0f} seconds"
                raise NotAnsweredError(Outcome(503, reason, may_pass=True), "BreakerOpen")
            try:
                answer = self._once(request, rows)
            except NotAnsweredError as problem:
                if problem.outcome.is_refusal:
                    self.breaker.succeeded()
                    raise
                self.breaker.failed()
                pause = next(pauses, None) if problem.outcome.may_pass else None
                if pause is None:
                    raise
                self.sleep(pause)
            else:
                self.breaker.succeeded()
                return answer

    def _once(self, request: Mapping[str, Any], rows: int) -> Answer:
        try:
            reply = self.runtime.invoke_endpoint(**request)
            body = reply["Body"].read()
        except (ClientError, BotoCoreError) as error:
            failure = failure_of(error)
            outcome = read_error(failure, getattr(error, "response", None) or {})
            raise NotAnsweredError(outcome, failure.code) from None
        try:
            return Answer(predictions_of(body, rows), reply.get("InvokedProductionVariant", ""))
        except ValueError:
            reason = "the model gave another answer than predictions; try again later"
            raise NotAnsweredError(Outcome(502, reason, may_pass=False), "OddAnswer") from None
