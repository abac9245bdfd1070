"""Merge the same deliveries by each engine, at growing sizes, and say it in Markdown."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data_lake.engines import deliveries
from benchmarks.data_lake.engines.spark import HEAP
from costs.markdown import table
from sandbox.host.process import SandboxError

ROOT = Path(__file__).parents[3]
SIZES = tuple(map(int, os.environ.get("BENCH_SIZES", "100000,1000000,10000000").split(",")))
ENGINES = {"Spark": "spark", "pandas": "by_pandas", "DuckDB": "by_duckdb"}
MOST_GROWTH = 1.2  # of the time for a row, from the middle size to the largest


@dataclass(frozen=True, slots=True)
class Merge:
    """Seconds on the wall and of processors, MiB of memory, and what the table holds then."""

    seconds: float
    cpu: float
    mib: float
    held: list[int]


def report() -> tuple[str, str]:
    """Measure each engine at each size, each in a process of its own."""
    found: dict[int, dict[str, Merge]] = {}
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            deliveries.write(place, rows)
            found[rows] = {name: _merge(name, place) for name in ENGINES}
        print(f"{rows:,} rows: {found[rows]}", flush=True)
        agree(rows, found[rows])
    return "Merged by Spark, by pandas, by DuckDB", told(found)


def told(found: Mapping[int, Mapping[str, Merge]]) -> str:
    """Say what each engine took, from which size Spark wins, and how its time grows."""
    rows = []
    for size, merges in found.items():
        spark = merges["Spark"]
        for name, merge in merges.items():
            ratio = f"{merge.seconds / spark.seconds:.2f}"
            rows.append(
                [f"{size:,}", name, f"{merge.seconds:.1f}", ratio, f"{merge.cpu:.1f}",
                 f"{1e6 * merge.seconds / size:.1f}", f"{merge.mib:,.0f}"]
            )  # fmt: skip
    heads = ["Rows", "Engine", "Seconds", "Of Spark's", "CPU seconds", "Microseconds a row",
             "Peak memory, MiB"]  # fmt: skip
    return "\n\n".join(
        [
            HOW.format(heap=HEAP, days=deliveries.DAYS, known=100 // deliveries.KNOWN,
                       twice=100 // deliveries.TWICE),
            table(heads, rows),
            " ".join([*(_wins(found, name) for name in found[SIZES[0]] if name != "Spark"),
                      *_growth(found)]),
        ]
    )  # fmt: skip


HOW = (
    "Deliveries of visits of {days} days, as the modeled zone has them; {twice} % of the keys come"
    " twice, and {known} % are in the table by an older delivery. Each engine takes the newest"
    " delivery of each key and merges it. Spark runs the job's own `merge_records.merge`, into an"
    " Iceberg table with the stack's properties: one commit, with older snapshots kept. The others"
    " write Parquet files by day into a new folder: no table, no commit, nobody beside them. All"
    " have to agree on rows, keys and sums. Each has a fresh process, which has merged what the"
    " table held before; Spark, with a heap of {heap}, has been started by then."
)


def _wins(found: Mapping[int, Mapping[str, Merge]], other: str) -> str:
    """Say from which size on Spark is the quicker one."""
    won = [size for size, m in found.items() if m["Spark"].seconds < m[other].seconds]
    from_on = [size for size in won if all(later in won for later in found if later > size)]
    if from_on:
        return f"Spark is quicker than {other} from {min(from_on):,} rows on."
    return f"**Up to {max(found):,} rows {other} is quicker than Spark.**"


def _growth(found: Mapping[int, Mapping[str, Merge]]) -> list[str]:
    """Hold the time for a row at the largest size to that at the size before."""
    if len(found) < 2:
        return []
    smaller, larger = sorted(found)[-2:]
    a_row = [found[size]["Spark"].seconds / size for size in (smaller, larger)]
    growth = a_row[1] / a_row[0]
    kept = "within" if growth <= MOST_GROWTH else "**more than**"
    return [
        f"Spark's time for a row at {larger:,} rows is {growth:.2f} times that at {smaller:,},"
        f" {kept} the {MOST_GROWTH} wanted."
    ]


def agree(rows: int, merges: Mapping[str, Merge]) -> None:
    """Raise SandboxError where one engine has merged something else."""
    keys = deliveries.keys_of(rows)
    held = {name: merge.held for name, merge in merges.items()}
    if len({tuple(each) for each in held.values()}) > 1 or held["Spark"][:2] != [keys, keys]:
        raise SandboxError(f"of {keys:,} keys the engines have rows, keys and sums {held}")


def _merge(engine: str, folder: Path) -> Merge:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        place = Path(scratch)
        for given in ("base", "new"):
            (place / given).symlink_to(folder / given, target_is_directory=True)
        done = subprocess.run(  # noqa: S603 (our own modules)
            [sys.executable, "-m", f"benchmarks.data_lake.engines.{ENGINES[engine]}", str(place)],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(
                    [str(ROOT / "jobs"), os.environ.get("PYTHONPATH", "")]
                ),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SandboxError(f"{engine} did not come to its end:\n{done.stderr[-2000:]}")
    return Merge(**json.loads(done.stdout.splitlines()[-1]))
