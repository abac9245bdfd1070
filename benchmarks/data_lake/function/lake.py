"""Model one file as the function does, all that it imports included, and print what it took."""

import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data_lake import model_files
from data_lake.containers import container_of
from data_lake.modeling import Modeling
from runtime.object_versions import ObjectVersion

CHUNK = 1024 * 1024


def main(path: Path) -> None:
    """Read a CSV of visits, and write records and rejects to a folder that goes away."""
    model_files.client("s3")
    size = path.stat().st_size
    key = f"retail_visits/{path.name}"
    source = ObjectVersion("raw", key, "v", "e", "0", size, datetime.now(UTC))
    contract = model_files.contracts()["retail_visits"]
    begun, started = time.monotonic(), time.process_time()
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as folder,
        Modeling(Path(folder), contract, source, timedelta(days=400)) as modeling,
        path.open("rb") as file,
    ):
        chunks = iter(lambda: file.read(CHUNK), b"")
        modeling.take_text(chunks, container_of(key), 10 * size)
        outcome = modeling.finish()
        written = sum(each.stat().st_size for each in outcome.parts.values())
    told = {
        "rows": outcome.read,
        "good": outcome.good,
        "repeated": outcome.repeated,
        "seconds": time.process_time() - started,
        "wall": time.monotonic() - begun,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "written": written,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
