"""Messages that were received, or sent with a delay, are waited for until they are visible."""

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import concurrency
from sandbox.services.sqs.upstream import sqs


def install() -> None:
    """Tell the clock of them, and who takes them of skipped time."""
    CLOCK.watch(_seconds_to_next)
    CLOCK.after_skip(lambda: concurrency.esm_wake.set())


def _seconds_to_next() -> float | None:
    """Tell how long it is until the next message becomes visible; None when none is hidden."""
    now = CLOCK.time()
    with sqs._queues_lock:
        moments = [m["visible_at"] for q in sqs._queues._data.values() for m in q["messages"]]
    return min((moment - now for moment in moments if moment > now), default=None)
