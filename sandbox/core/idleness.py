"""Whether other threads of this process have worked, or would if they had a processor."""

import threading
import time
from contextlib import suppress
from pathlib import Path

_TASKS = Path("/proc/self/task")
# Where the system does not tell which threads it would run, a look lasts long enough to be run.
BETWEEN = 0.002 if _TASKS.is_dir() else 0.006
_A_GLANCE = 0.0005  # seconds that threads take which wake up, find nothing and wait on


def others_seconds() -> float:
    """Tell how much of the processors all other threads have used so far."""
    return time.process_time() - time.thread_time()


def have_worked(since: float) -> bool:
    """Tell whether other threads have done more than glance at it since then, or want to run."""
    return others_seconds() - since > _A_GLANCE or bool(runnable())


def runnable() -> int:
    """Count the other threads that run, or that wait for nothing but a processor."""
    if not _TASKS.is_dir():
        return 0
    own, found = str(threading.get_native_id()), 0
    for thread in _TASKS.iterdir():
        if thread.name != own:
            with suppress(OSError):  # it has ended meanwhile
                found += _state(thread) == "R"
    return found


def _state(thread: Path) -> str:
    """Read the letter behind a thread's name, which may itself hold any bracket."""
    return (thread / "stat").read_text().rpartition(") ")[2][:1]
