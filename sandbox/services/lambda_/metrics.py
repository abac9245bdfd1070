"""AWS/Lambda counts every invocation, whoever asked for it: a caller, a queue, an event."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.core.clock import CLOCK
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.lambda_.upstream import lambda_svc

_BECAUSE = "AWS/Lambda counts what a queue or an event invokes, too"


def install() -> None:
    """Count where functions are run, which the emulator does for callers of Invoke only."""
    emit = lambda_svc._emit_lambda_metrics
    patching.wrap(
        lambda_svc, "_execute_function_dispatch", lambda run: _counted(run, emit), because=_BECAUSE
    )
    patching.replace(lambda_svc, "_emit_lambda_metrics", _throttled, because=_BECAUSE)


def _counted(run: Callable[..., Any], emit: Callable[..., None]) -> Callable[..., Any]:
    def counted(func: Any, config: Any, event: Any, request_id: str, started: float) -> Any:
        result = run(func, config, event, request_id, started)
        failed = isinstance(result, dict) and bool(result.get("error"))
        took = (CLOCK.time() - started) * 1000
        emit(config["FunctionName"], duration_ms=took, error=failed, throttle=False)
        return result

    return counted


def _throttled(function_name: str, duration_ms: float, error: bool, throttle: bool) -> None:
    """Count what could not begin, which is no invocation; who asked for it says so once more."""
    if throttle and not error:
        cloudwatch.record_metric(
            "AWS/Lambda", "Throttles", 1, "Count", {"FunctionName": function_name}
        )
