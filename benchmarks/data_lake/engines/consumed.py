"""What a program and the processes below it have used so far, as Linux counts it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int | None = None) -> float:
    """Add up the processor seconds of a process, or this, and those below it that still run."""
    return sum(_ticks(pid) for pid in _tree(root or os.getpid())) / _TICKS


def peak_mib(root: int | None = None) -> float:
    """Add up the most memory that each of them has held."""
    return sum(_peak(pid) for pid in _tree(root or os.getpid())) / 1024


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _tree(int(child))


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _peak(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0
