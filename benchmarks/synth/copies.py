"""What one more architecture adds to ``python app.py``: time and memory, by copies of each."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from costs.markdown import table
from stacks.registry import ARCHITECTURES, snake_case

ROOT = Path(__file__).parents[2]
COPIES = (1, 2, 6)
MOST_MISSED = 0.10  # of a value, by the line
RUNS = 3  # the best one counts: what else the machine does only ever adds
ORDINALS = ("Second", "Third", "Fourth", "Fifth", "Sixth")
SOURCES = ("app.py", "cdk.json", "config", "stacks", "guardrails", "lambda", "jobs")


@dataclass(frozen=True, slots=True)
class Run:
    """One ``python app.py``: seconds it took, seconds of processors, MiB of its largest process."""

    seconds: float
    processor_seconds: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The line ``a + b * n`` that is closest to some measurements, by least squares."""

    a: float
    b: float

    @classmethod
    def of(cls, counts: Sequence[int], values: Sequence[float]) -> "Fit":
        """Fit a line through points."""
        n, mean_count, mean = len(counts), sum(counts) / len(counts), sum(values) / len(values)
        spread = sum(count * count for count in counts) - n * mean_count**2
        b = sum(c * v for c, v in zip(counts, values, strict=True)) - n * mean_count * mean
        return cls(mean - b / spread * mean_count, b / spread)

    def residual(self, count: int, value: float) -> float:
        """Tell by which part of the value the line misses it."""
        return (value - self.a - self.b * count) / value


def told() -> str:
    """Measure one, two and six of each architecture, and tabulate what each more one takes."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        _copy_sources(tree)
        names = {name: [name, *_copy(tree, name)] for name in ARCHITECTURES}
        measured = {
            name: {n: _best(tree, copies[:n]) for n in COPIES} for name, copies in names.items()
        }
    return "\n\n".join(
        (
            "`python app.py` with one, two and six of an architecture, the others being copies "
            f"under other names; the best of {RUNS} runs. The line is t = a + b·n; in brackets, by "
            "how much of the value it misses each.",
            runs_table(measured),
        )
    )


def runs_table(measured: dict[str, dict[int, Run]]) -> str:
    """Tabulate runs by architecture and number, with a line through each measure.

    What a line misses by too much is named below the table.
    """
    rows, missed = [], []
    for name, runs in measured.items():
        for what in ("seconds", "processor_seconds", "peak_mib"):
            values = [float(getattr(run, what)) for run in runs.values()]
            fit, cells = Fit.of(list(runs), values), []
            for n, value in zip(runs, values, strict=True):
                off = fit.residual(n, value)
                cells.append(f"{value:.1f} ({off:+.0%})")
                if abs(off) > MOST_MISSED:
                    missed.append(f"{what.replace('_', ' ')} of {n} {name} by {off:+.0%}")
            rows.append([name, what.replace("_", " "), *cells, f"{fit.a:.1f} + {fit.b:.1f}·n"])
    shown = table(["Architecture", "Measure", *(f"n = {n}" for n in COPIES), "Line"], rows)
    verdict = f"**A line misses more than {MOST_MISSED:.0%}**: {'; '.join(missed)}."
    kept = f"No line misses a value by more than {MOST_MISSED:.0%}."
    return f"{shown}\n\n{verdict if missed else kept}"


def _copy_sources(tree: Path) -> None:
    for name in SOURCES:
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=ignored)
        else:
            shutil.copy2(source, tree / name)


def _copy(tree: Path, name: str) -> list[str]:
    """Write an architecture as often as need be under other names; returns the names."""
    old = snake_case(name)
    config, registry = tree / "config" / "default.toml", tree / "stacks" / "registry.py"
    sections = "".join(
        found[0]
        for found in re.finditer(
            rf"^\[{old}[\].].*?(?=^\[|\Z)", config.read_text(), re.MULTILINE | re.DOTALL
        )
    )
    names = [f"{ordinal}{name}" for ordinal in ORDINALS]
    for new in names:

        def renamed(text: str, new: str = new) -> str:
            return text.replace(old, snake_case(new)).replace(name, new)

        for root in ("stacks", "lambda", "jobs"):
            copy = tree / root / snake_case(new)
            if not (tree / root / old).is_dir():
                continue
            shutil.copytree(tree / root / old, copy)
            for path in filter(Path.is_file, copy.rglob("*")):
                path.write_text(renamed(path.read_text(encoding="utf-8")), encoding="utf-8")
        config.write_text(config.read_text() + "\n" + renamed(sections))
        line = f'    "{name}": Architecture("stacks.{old}"),\n'
        registry.write_text(registry.read_text().replace(line, line + renamed(line)))
    return names


def _best(tree: Path, names: Sequence[str]) -> Run:
    return min((_run(tree, names) for _ in range(RUNS)), key=lambda run: run.seconds)


def _run(tree: Path, names: Sequence[str]) -> Run:
    environment = {
        **os.environ,
        # A new account's quota is too small for so many.
        "CDK_CONTEXT_JSON": json.dumps(
            {"arch": ",".join(names), "quotas.concurrent_functions": "1000"}
        ),
        "CDK_OUTDIR": str(tree / "cdk.out"),
    }
    start = monotonic()
    child = subprocess.Popen([sys.executable, "app.py"], cwd=tree, env=environment)
    _, status, used = os.wait4(child.pid, 0)
    seconds = monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"python app.py ended with {child.returncode}; what it said is above")
    # In bytes on macOS, in KiB elsewhere.
    peak = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1) / 1024
    return Run(seconds, used.ru_utime + used.ru_stime, peak)
