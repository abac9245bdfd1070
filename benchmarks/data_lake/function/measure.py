"""Measure both over the same records, and say it in Markdown."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from costs.markdown import table
from fixtures.retail.deliveries import CSV_FORMS, VISIT_FAULTS, deliveries
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits
from sandbox.host.process import SandboxError
from stacks.shared.wheel_layer import staged_wheels

ROOT = Path(__file__).parents[3]
CONTRACT = ROOT / "lambda" / "data_lake" / "contracts" / "retail_visits.v1.schema.json"
SEED, ROWS = 1, 60_000  # made once, and repeated under other ids
SMALL, LARGE = 100_000_000, 1_000_000_000  # bytes
FORMS = {"lost_cell": CSV_FORMS["lost_cell"]}
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, code and layers together
MOST_UNPACKED = 250
SAME = ("rows", "good", "repeated")  # what both have to find
Told = Mapping[str, float]


def report() -> tuple[str, str]:
    """Model a small and a large file, and loop over the small one."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (written(Path(folder, f"{n}.csv"), n) for n in (SMALL, LARGE))
        lake = _run("lake", small)
        loop = _run("loop", small, CONTRACT)
        gigabyte = _run("lake", large)
    if differing := [name for name in SAME if lake[name] != loop[name]]:
        raise SandboxError(f"the function and the loop differ in {differing}: {lake}, {loop}")
    rate, base = (told["rows"] / told["seconds"] for told in (lake, loop))
    rows = [
        ["Records per CPU second, 100 MB", f"{rate:,.0f}", f"{base:,.0f}", f"{rate / base:.1f}",
         "higher"],
        ["Peak memory, 100 MB, MiB", f"{lake['mib']:.0f}", f"{loop['mib']:.0f}", "", "lower"],
        ["CPU seconds for 1 GB", f"{gigabyte['seconds']:.0f}", "", "", "lower"],
        ["Peak memory, 1 GB, MiB", f"{gigabyte['mib']:.0f}", "", "", "below 512"],
        ["Parquet per byte of CSV", f"{gigabyte['written'] / LARGE:.2f}", "", "", "lower"],
        ["Layer, unpacked, MB", f"{_layer_bytes() / 1e6:.0f}", "", "", f"below {MOST_UNPACKED}"],
    ]  # fmt: skip
    told = "\n".join(
        [
            "Visits with 3 % bad records, from CSV to typed files by day and rejects with line, "
            "offset and reason; both have to find as many good ones and repeats. The function's "
            "side is all that it imports, boto3 included; it writes Parquet. The baseline is a "
            "loop (`benchmarks/data_lake/function/loop.py`) of `csv` and one compiled "
            "fastjsonschema with formats really checked, JSON Lines by day. Each in a fresh "
            "process with one thread.\n",
            table(["Measured", "DataLake", "csv + fastjsonschema", "Ratio", "Better is"], rows),
            f"\nThe large file has {gigabyte['rows']:,.0f} records, of which "
            f"{gigabyte['good']:,.0f} are good.",
        ]
    )
    return "A file held to its contract", told


def _layer_bytes() -> int:
    """Add up the packages that are unpacked beside the function, for its own machine."""
    files = staged_wheels(ROOT / "lambda" / "data_lake" / "requirements.txt").rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file())


def written(path: Path, size: int) -> Path:
    """Write a CSV of at least so many bytes, no two of its records with one id."""
    records = (each.visit for each in visits(ROWS, datetime.now(UTC), seed=SEED, late=0.02))
    sent = deliveries(records, seed=2, faults=VISIT_FAULTS, forms=FORMS, dirty=0.03, repeated=0.01)
    header, *lines = csv_lines(sent, list(VISITS))
    part, mine = b"".join(lines), f"v-{SEED:04x}".encode()
    with path.open("wb") as file:
        file.write(header)
        for copy in range(-(-size // len(part))):
            file.write(part.replace(mine, f"v-{copy:04x}".encode()))
    return path


def _run(module: str, *arguments: Path) -> Told:
    done = subprocess.run(  # noqa: S603 (our own modules, our own files)
        [sys.executable, "-m", f"benchmarks.data_lake.function.{module}", *map(str, arguments)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "lambda"), os.environ.get("PYTHONPATH", "")]),
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told
