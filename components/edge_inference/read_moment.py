"""The device's clocks."""

import time
from functools import cache
from pathlib import Path

from edge_inference.sighting import Moment

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def moment() -> Moment:
    """Read both clocks, and which boot it is."""
    uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
    return Moment(time.time(), uptime, _boot())


@cache
def _boot() -> str:
    return _BOOT.read_text(encoding="ascii").strip()
