"""How many processors a process is really granted: runtimes count those of the machine."""

import math
from collections.abc import Sequence


def granted(allowed: int, quotas: Sequence[str]) -> int:
    """Give the threads that pay: at most ``allowed`` by affinity, at most what a cgroup grants.

    ``quotas`` are the texts of ``cpu.max`` of the process's cgroup and all above it ("max 100000",
    or microseconds of so many); of version 1, ``cpu.cfs_quota_us`` and ``cpu.cfs_period_us`` in one
    line. What is no such text grants everything. At least one.
    """
    shares = [share for text in quotas if (share := _share(text)) is not None]
    return max(1, min([allowed, *(math.floor(share + 0.01) for share in shares)]))


def groups(cgroup: str) -> list[str]:
    """List the places of the process's cgroup and those above it, by ``/proc/self/cgroup``."""
    for line in cgroup.splitlines():
        number, controllers, place = (
            line.partition(":")[0],
            *line.partition(":")[2].partition(":")[::2],
        )
        if number == "0" or "cpu" in controllers.split(","):
            parts = [part for part in place.split("/") if part and part != ".."]
            return ["/".join(parts[:end]) for end in range(len(parts), -1, -1)]
    return [""]


def _share(text: str) -> float | None:
    quota, _, period = text.strip().partition(" ")
    try:
        share = float(quota) / float(period)
    except (ValueError, ZeroDivisionError):
        return None
    return share if share > 0 else None
