"""Model the same file by the function and by the job for large ones, and say it in Markdown."""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from benchmarks.data_lake.engines.spark import HEAP
from benchmarks.data_lake.function.measure import SAME, written
from costs.markdown import table
from sandbox.host.process import SandboxError

ROOT = Path(__file__).parents[3]
SIZE = int(os.environ.get("BENCH_LARGE_BYTES", "1000000000"))
KEY = "retail_visits/large.csv"
Told = Mapping[str, float]

HOW = (
    "One CSV of {size} MB, {rows:,} visits with 3 % bad records, modeled by the function's module"
    " in a process of one thread, and by the job's own module in parts of {part} MiB, with Spark on"
    " {processors} processors and a heap of {heap}; both have to find as many good ones, bad ones"
    " and repeats. Files are in folders and not in S3. The job looks at all of the file first, and"
    " starts its workers within what is measured; Spark has been started by then."
)


def report() -> tuple[str, str]:
    """Measure both, each in a process of its own."""
    default = tomllib.loads((ROOT / "config" / "default.toml").read_text("utf-8"))
    part = int(default["data_lake"]["large_files_part_mib"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "raw", KEY)
        path.parent.mkdir(parents=True)
        size = written(path, SIZE).stat().st_size
        function = _run("function.lake", str(path))
        job = _run("large.job", folder, KEY, str(part * 1024 * 1024))
    if differing := [name for name in SAME if function[name] != job[name]]:
        raise SandboxError(f"the function and the job differ in {differing}: {function}, {job}")
    return "A large file by Spark, and by the function", told(function, job, size, part)


def told(function: Told, job: Told, size: int, part: int) -> str:
    """Say what both took for the same file of ``size`` bytes."""
    rows = [
        ["Seconds", f"{function['wall']:.1f}", f"{job['wall']:.1f}"],
        ["Records a second", *(f"{t['rows'] / t['wall']:,.0f}" for t in (function, job))],
        ["MB a second", *(f"{size / 1e6 / t['wall']:.1f}" for t in (function, job))],
        ["Processor seconds", f"{function['seconds']:.1f}", f"{job['seconds']:.1f}"],
        ["Records a processor second",
         *(f"{t['rows'] / t['seconds']:,.0f}" for t in (function, job))],
        ["Peak memory, MiB", f"{function['mib']:,.0f}", f"{job['mib']:,.0f}"],
        ["of which the largest worker", "", f"{job['largest']:,.0f}"],
        ["Parts", "1", f"{job['parts']:.0f}"],
    ]  # fmt: skip
    how = HOW.format(
        size=f"{size / 1e6:,.0f}",
        rows=int(job["rows"]),
        part=part,
        processors=os.cpu_count(),
        heap=HEAP,
    )
    return f"{how}\n\n{table(['Measured', 'Function', 'Job'], rows)}"


def _run(module: str, *arguments: str) -> Told:
    paths = [str(ROOT), str(ROOT / "lambda"), str(ROOT / "jobs"), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(  # noqa: S603 (our own modules, our own files)
        [sys.executable, "-m", f"benchmarks.data_lake.{module}", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SandboxError(f"{module} did not come to its end:\n{done.stderr[-2000:]}")
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told
