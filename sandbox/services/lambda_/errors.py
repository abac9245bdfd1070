"""A function's error keeps its class and its stack, which Step Functions and people read."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.services.lambda_.upstream import lambda_runtime, lambda_svc

_ERROR = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_TYPED_ERROR = (
    '{"status": "error", "trace": traceback.format_exc(), "error": "\\x00" + json.dumps('
    '{"errorMessage": str(e), "errorType": type(e).__name__, '
    '"requestId": getattr(context, "aws_request_id", ""), '
    '"stackTrace": traceback.format_tb(e.__traceback__)})}'
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
        message = body.get("errorMessage") if isinstance(body, dict) else None
        if result.get("error") and str(message).startswith("\x00"):
            result["body"] = json.loads(str(message)[1:])
        return result

    return execute
