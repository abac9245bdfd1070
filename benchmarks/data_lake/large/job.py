"""Model one file by the job's own module and a Spark of this machine; print what it took."""

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.data_lake.engines.consumed import cpu_seconds, peak_mib
from benchmarks.data_lake.engines.spark import session
from benchmarks.data_lake.large.folder import FolderS3
from sandbox.services.glue import job_library

OPTIONS = {"modeled": "modeled", "failures": "failures", "kept_days": "400"}


def main(root: Path, key: str, part_bytes: int) -> None:
    """Model the key of the bucket ``raw``; Spark has been started by then, its tasks have not."""
    job_library.offer()
    from data_lake import model_large_file
    from runtime.object_versions import ObjectVersion

    size = (root / "raw" / key).stat().st_size
    source = ObjectVersion("raw", key, "v", "e", "0", size, datetime.now(UTC))
    spark = session(root / "scratch")
    options = {**OPTIONS, "max_file_bytes": str(10 * size)}
    begun, used = time.monotonic(), cpu_seconds()
    outcomes = model_large_file.model(spark, source, part_bytes, options, FolderS3(root))
    seconds, cpu = time.monotonic() - begun, cpu_seconds() - used
    (outcome,) = outcomes or []
    told = {
        "rows": outcome.read,
        "good": outcome.good,
        "repeated": outcome.repeated,
        "wall": seconds,
        "seconds": cpu,
        "mib": peak_mib(),
        "largest": _largest(),
        "parts": -(-size // part_bytes),
    }
    print(json.dumps(told), flush=True)


def _largest() -> float:
    """Tell the most memory that one worker of Python has held, in MiB."""
    return max(peak_mib(pid) for pid in _leaves(os.getpid()))


def _leaves(pid: int) -> Sequence[int]:
    below = [
        int(child)
        for children in Path(f"/proc/{pid}/task").glob("*/children")
        for child in children.read_text().split()
    ]
    return [leaf for child in below for leaf in _leaves(child)] if below else [pid]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
