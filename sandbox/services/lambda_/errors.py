"""A function's error keeps its class and its stack, which Step Functions and people read."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.services.lambda_.upstream import lambda_runtime, lambda_svc

_ERROR = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_RAISED = "the handler raised"
# The runtime outlives an exception; after an answer that is an error the emulator would end it.
_TYPED_ERROR = (
    f'{{"status": "ok", "result": {{"{_RAISED}": '
    '{"errorMessage": str(e), "errorType": type(e).__name__, '
    '"requestId": getattr(context, "aws_request_id", ""), '
    '"stackTrace": traceback.format_tb(e.__traceback__)}, "trace": traceback.format_exc()}}'
)


def install() -> None:
    """Change how the emulator's worker reports errors."""
    patching.replace_text(
        lambda_runtime,
        "_PYTHON_WORKER_SCRIPT",
        _ERROR,
        _TYPED_ERROR,
        because="an error is reported with its class and its stack, which Catch and people read",
    )
    patching.wrap(
        lambda_svc,
        "_execute_function_warm",
        _typed,
        because="an error is reported with its class, not as Runtime.HandlerError",
    )


def _typed(original: Callable[..., Any]) -> Callable[..., Any]:
    """Report an exception by its class, which Step Functions' Catch and people read."""

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = original(func, event, request_id)
        body = result.get("body")
        if isinstance(body, dict) and _RAISED in body:
            log = "\n".join(filter(None, (result.get("log"), body["trace"])))
            return {"body": body[_RAISED], "error": True, "log": log}
        return result

    return execute
