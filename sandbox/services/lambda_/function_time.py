"""What time it is in a function: that of the services, as they were when it was invoked."""

import tempfile
from pathlib import Path

from sandbox.core import patching
from sandbox.core.clock import CLOCK
from sandbox.services.lambda_.upstream import lambda_runtime

_DEADLINE = '        _deadline = time.time() + float(os.environ.get("_LAMBDA_TIMEOUT", "3"))\n'
# While a function runs no time is skipped, so that it need not look again.
_SET = """\
        try:
            with open({path!r}) as _ahead_file:
                _ahead = float(_ahead_file.read())
        except OSError:
            _ahead = 0.0
        if _ahead:
            _machine_time = time.__dict__.setdefault("_machine_time", time.time)
            time.time = lambda: _machine_time() + _ahead
"""


def install() -> None:
    """Have each invocation of a Python function set its process's clock."""
    told = Path(tempfile.gettempdir(), "clock-ahead")
    CLOCK.after_skip(lambda: told.write_text(str(CLOCK.skipped)))
    patching.replace_text(
        lambda_runtime,
        "_PYTHON_WORKER_SCRIPT",
        _DEADLINE,
        _SET.format(path=str(told)) + _DEADLINE,
        because="an age that a function computes is that of the services' clock",
    )
