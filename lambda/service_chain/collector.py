"""Python's collector of garbage, at rest while something large is made that has no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Have nothing looked through while this lasts: a growing account is, again and again.

    What is not used any more is freed all the same, unless it refers to itself.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
