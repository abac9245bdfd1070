"""What becomes of invocations that Lambda makes by itself and has no room for: they come again."""

import contextvars
import random
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.clock import CLOCK
from sandbox.services.lambda_.upstream import lambda_svc
from sandbox.services.sqs.upstream import sqs

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_ASYNC_AGE_SECONDS, _ASYNC_PAUSE_SECONDS = 21_600, 300.0
# Of an event source Lambda only says that it "gradually backs off":
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
_QUEUE_PAUSE_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 1.0
_STACK_SECONDS = 3600  # what CloudFormation gives a custom resource

Waiting = tuple[float, float]  # until when, and the longest pause
_waiting: contextvars.ContextVar[Waiting | None] = contextvars.ContextVar("waiting", default=None)
_chance = random.SystemRandom()


def install() -> None:
    """Have throttled invocations tried again, except those whose caller is told."""
    patching.wrap(
        lambda_svc,
        "_execute_function",
        _persistent,
        because="a throttled invocation of Lambda's own is tried again",
    )
    for name, wait in (("_run_sqs_batch", _until_visible), ("invoke_async_with_retry", _for_hours)):
        patching.wrap(
            lambda_svc,
            name,
            _waiting_for(wait),
            because="a throttle is no failed attempt: batches and events wait for their turn",
        )


def _persistent(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def execute(func: dict[str, Any], event: Any) -> dict[str, Any]:
        until, longest = _waiting.get() or _of_stack(event)
        pause = _FIRST_PAUSE_SECONDS
        while True:
            result = original(func, event)
            wait = _chance.uniform(pause / 2, pause)
            if not result.get("throttle") or CLOCK.time() + wait > until:
                return result
            CLOCK.rest(wait)
            pause = min(pause * 2, longest)

    return execute


def _of_stack(event: Any) -> Waiting:
    is_resource = isinstance(event, dict) and "ResponseURL" in event
    return (CLOCK.time() + _STACK_SECONDS if is_resource else 0.0), _QUEUE_PAUSE_SECONDS


def _waiting_for(wait: Callable[..., Waiting]) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            token = _waiting.set(wait(*arguments))
            try:
                return original(*arguments)
            finally:
                _waiting.reset(token)

        return run

    return make


def _until_visible(*batch: Any) -> Waiting:
    """Wait until the first message of a batch is visible to others."""
    *_, messages, queue_url, _ = batch
    seconds = int(sqs._get_q(queue_url)["attributes"].get("VisibilityTimeout", "30"))
    until = min((message["visible_at"] for message in messages), default=CLOCK.time() + seconds)
    return until, _QUEUE_PAUSE_SECONDS


def _for_hours(func: Mapping[str, Any], _event: Any) -> Waiting:
    config = func.get("event_invoke_config") or {}
    age = int(config.get("MaximumEventAgeInSeconds", _ASYNC_AGE_SECONDS))
    return CLOCK.time() + age, _ASYNC_PAUSE_SECONDS
