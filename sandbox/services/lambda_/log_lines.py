"""Which lines a function wrote during an invocation: those before the mark that ends it."""

import contextlib
import queue
import time
from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.services.lambda_.upstream import lambda_runtime

_MARK = "\0end of invocation"
_CALL = "            result = handler_fn(event, context)\n"
_MARKED_CALL = f"""\
            try:
                result = handler_fn(event, context)
            finally:
                sys.stderr.flush()
                os.write(2, {_MARK!r}.encode() + bytes([10]))
"""
# The mark is on its way when the answer is. Only a function that closed its log has us wait.
_PATIENCE_SECONDS = 2.0


def install() -> None:
    """End each invocation's log where it ends, not when nothing has come for a while."""
    why = "an invocation's log ends at a mark, not when nothing has come for 50 ms"
    patching.replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _CALL, _MARKED_CALL, because=why)
    patching.replace(lambda_runtime, "Worker._read_stderr", _read, because=why)
    patching.replace(lambda_runtime, "Worker._drain_stderr", _waiting, because=why)
    patching.wrap(lambda_runtime, "Worker._drain_stderr_bounded", _until_mark, because=why)


def _read(worker: Any) -> None:
    lines: queue.Queue[str] = worker._stderr_queue
    with contextlib.suppress(OSError, ValueError):  # the stream was closed under us
        for line in worker._proc.stderr:
            text, mark, _ = line.rstrip("\n").partition(_MARK)
            if text or not mark:
                lines.put(text)
            if mark:
                lines.put(_MARK)
    lines.put(_MARK)


def _waiting(worker: Any) -> str:
    """Take the lines that are there."""
    lines = []
    with contextlib.suppress(queue.Empty):
        while True:
            lines.append(worker._stderr_queue.get_nowait())
    return "\n".join(line for line in lines if line != _MARK)


def _until_mark(original: Callable[..., str]) -> Callable[..., str]:
    def drain(worker: Any, *limits: float) -> str:
        if not str(worker.config.get("Runtime", "")).startswith("python"):
            return original(worker, *limits)
        lines: list[str] = []
        until = time.monotonic() + _PATIENCE_SECONDS
        with contextlib.suppress(queue.Empty):
            while (left := until - time.monotonic()) > 0:
                line = worker._stderr_queue.get(timeout=left)
                if line == _MARK:
                    break
                lines.append(line)
        return "\n".join(lines)

    return drain
