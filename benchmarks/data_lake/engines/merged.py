"""One engine's program: what it does before, what is measured, and what came of it."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.data_lake.engines.consumed import cpu_seconds, peak_mib

# What all engines have to agree on: rows, keys, and sums that a wrong delivery would change.
CONTENT = "count(*), count(DISTINCT visit_id), sum(seconds), sum(source_line)"


def tell(merge: Callable[[], None], content: Callable[[], Sequence[Any]]) -> None:
    """Merge, and print what it took and what the table holds then."""
    begun, used = time.monotonic(), cpu_seconds()
    merge()
    seconds, cpu = time.monotonic() - begun, cpu_seconds() - used
    mib = peak_mib()
    held = [int(value) for value in content()]
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mib": mib, "held": held}), flush=True)
