"""One run of chosen tests in a tree: how long it took, and how much memory its processes held."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.suite.trees import INSTALLED

HERE = Path(__file__).parent
LOOK_EVERY = 2.0  # seconds; a look at a hundred processes takes a twentieth of one
COUNTED = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)\b")


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds on the wall, the largest sum of memory in MiB, tests by how they ended."""

    seconds: float
    peak_mib: float
    passed: int
    others: int


def collected(tree: Path) -> list[str]:
    """List the ids of all tests of a tree. Raises RuntimeError where they cannot be collected."""
    words = ("--collect-only", "--quiet", "-p", "no:cacheprovider")
    done = subprocess.run(  # noqa: S603 (our own tests)
        _pytest(*words), cwd=tree, env=environment(tree), capture_output=True, text=True
    )
    if done.returncode not in (0, 1):  # 1: tests that only are collected use no snapshot
        raise RuntimeError(f"pytest collects nothing in {tree}: {done.stdout[-2000:]}")
    return [line for line in done.stdout.splitlines() if "::" in line]


def run(tree: Path, ids: Sequence[str], workers: str) -> Run:
    """Run these tests as `make test` does, after all caches of the tree were deleted."""
    without_caches(tree)
    chosen = tree.with_suffix(".txt")
    chosen.write_text("\n".join(ids), encoding="utf-8")
    words = ["-n", workers, "--dist", "loadscope", "--no-loadscope-reorder", "-p", "chosen"]
    words += dict.fromkeys(nodeid.partition("::")[0] for nodeid in ids)  # no other is collected
    plugins = tree.parent / "plugins"  # a folder of its own: nothing else of ours is importable
    plugins.mkdir(exist_ok=True)
    shutil.copy2(HERE / "chosen.py", plugins)
    variables = environment(tree) | {"PYTHONPATH": str(plugins), "CHOSEN_TESTS": str(chosen)}
    said = tree.with_suffix(".log")
    begun = time.monotonic()
    with said.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 (our own tests)
            _pytest(*words), cwd=tree, env=variables, stdout=log, stderr=subprocess.STDOUT
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, memory_mib(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_EVERY)
    seconds = time.monotonic() - begun
    text = said.read_text(encoding="utf-8", errors="replace")
    passed, others = outcomes(text)
    if passed + others < len(ids) or others:
        print(text[-4000:], file=sys.stderr, flush=True)
    return Run(seconds, peak, passed, others)


def outcomes(text: str) -> tuple[int, int]:
    """Read of pytest's last line how many tests passed, and how many did anything else."""
    lines = [line for line in text.splitlines() if COUNTED.search(line)]
    counts = {kind: int(number) for number, kind in COUNTED.findall(lines[-1])} if lines else {}
    passed = counts.pop("passed", 0)
    return passed, sum(counts.values())


def without_caches(tree: Path) -> None:
    """Delete what earlier runs left in a clone, beside its installation."""
    for name in (".build", ".sandbox", ".pytest_cache", ".hypothesis", "cdk.out"):
        shutil.rmtree(tree / name, ignore_errors=True)
    for folder in tree.iterdir():
        if folder.is_dir() and folder.name not in INSTALLED:
            for cache in [*folder.rglob("__pycache__")]:
                shutil.rmtree(cache)


def memory_mib(pid: int) -> float:
    """Add up what a process and all below it hold, pages that they share counted once."""
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            children[int(fields[1])].append(int(stat.parent.name))
    waiting, kib = [pid], 0
    while waiting:
        one = waiting.pop()
        waiting += children[one]
        with suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            kib += sum(map(int, re.findall(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)))
    return kib / 1024


def _pytest(*words: str) -> list[str]:
    return [".venv/bin/python", "-m", "pytest", *words]


def environment(tree: Path) -> dict[str, str]:
    """Set what the Makefile sets."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PATH": f"{tree / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tree / ".venv" / "jsii"),
        "PYTHONHASHSEED": "0",
    }
