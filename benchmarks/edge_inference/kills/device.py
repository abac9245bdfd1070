"""A device that sees one bird after the other, for the measurement to kill: PATH FIRST LAST."""

import sys
from pathlib import Path

from benchmarks.edge_inference.spool.measure import LARGEST, sightings
from edge_inference.spool import Spool

TOGETHER = 25

if __name__ == "__main__":
    path, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    spool, made = Spool(path, largest_bytes=LARGEST), sightings(first)
    for number in range(first, last, TOGETHER):
        size = min(TOGETHER, last - number)
        spool.append([next(made) for _ in range(size)], note=("next", str(number + size).encode()))
        print(number + size, flush=True)
