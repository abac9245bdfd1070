"""Let each way look at the same frames, in turn; compare, and say it in Markdown."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from costs.markdown import table
from fixtures.birds.frames import draw_frame
from sandbox.host.process import SandboxError

ROOT = Path(__file__).parents[3]
MODELS = ROOT / "components" / "edge_model"
TRAINING = Path(os.environ.get("BENCH_TORCH", ROOT / ".venv" / "training"))
FRAMES = int(os.environ.get("BENCH_FRAMES", "200"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
# What was wanted: of the bare script's time, of PyTorch's inference, of memory in MiB and of its.
MOST, FASTER, MOST_MIB, MOST_SHARE = 1.10, 4.0, 110.0, 0.45
WAYS = {
    "the component": ("device", "detector.fp32.onnx"),
    "a bare script": ("bare", "detector.fp32.onnx"),
    "a bare script, in eight bits": ("bare", "detector.int8.onnx"),
    "PyTorch, eager": ("eager", "detector.fp32.onnx"),
}
OURS, BARE, EIGHT_BITS, EAGER = WAYS


def report() -> tuple[str, str]:
    """Measure all ways, one process after the other, several times over."""
    if not TRAINING.is_dir():
        raise SandboxError(f"no PyTorch in {TRAINING}; `make detector` installs it")
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number in range(FRAMES):
            (folder / f"{number:04d}.jpg").write_bytes(draw_frame(f"bench/{number}").jpeg())
        for _ in range(ROUNDS):
            for name, way in WAYS.items():
                rounds[name].append(_run(*way, folder))
    rows = [_row(name, told) for name, told in rounds.items()]
    return "A frame on a device", "\n\n".join([HOW, table(HEADS, rows), _verdicts(rounds)])


HOW = (
    f"{FRAMES} drawn frames of 640 by 480 as JPEG, decoded at half size, one thread, {ROUNDS}"
    " rounds in turn, each in a process of its own. Milliseconds of CPU a frame: from the file's"
    " bytes to birds that are followed (the component), or to the network's output (the others)."
    " The motion gate is off: the empty frames that it saves are saved nobody else."
)
HEADS = [
    "",
    "Frame, p50",
    "p95",
    "Inference alone, p50",
    "p95",
    "MiB at most",
    "CPU s to the first frame",
]


def _run(way: str, model: str, folder: Path) -> dict[str, Any]:
    paths = [ROOT, ROOT / "components", ROOT / "jobs", *([TRAINING] if way == "eager" else [])]
    given = filter(None, [os.environ.get("PYTHONPATH")])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*map(str, paths), *given]),
        **{"ORT_DISABLE_TELEMETRY": "1", "OMP_NUM_THREADS": "1"},
    }
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.edge_inference.frames.way", way, folder, MODELS / model],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SandboxError(f"{way} did not come to its end")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _row(name: str, rounds: Sequence[Mapping[str, Any]]) -> list[str]:
    figures = [_quantile(rounds, what, share) for what in ("whole", "alone") for share in (50, 95)]
    memory = max(one["mib"] for one in rounds)
    started = statistics.median(one["started"] for one in rounds)
    return [name, *(f"{figure:.2f}" for figure in figures), f"{memory:.0f}", f"{started:.2f}"]


def _quantile(rounds: Sequence[Mapping[str, Any]], what: str, share: int) -> float:
    """Give the middle round's quantile."""
    each = [float(statistics.quantiles(one[what], n=100)[share - 1]) for one in rounds]
    return statistics.median(each)


def _verdicts(rounds: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    def middle(name: str, what: str) -> float:
        return _quantile(rounds[name], what, 50)

    mib = {name: max(one["mib"] for one in rounds[name]) for name in (OURS, EAGER)}
    ratio = middle(OURS, "whole") / middle(BARE, "whole")
    faster = middle(EAGER, "alone") / middle(BARE, "alone")
    eight = middle(EIGHT_BITS, "alone") / middle(BARE, "alone")
    share = mib[OURS] / mib[EAGER]
    told = [
        (f"{ratio:.2f} times the bare script's time for a frame", ratio <= MOST, f"≤ {MOST:.2f}"),
        (f"inference {faster:.1f} times as fast as PyTorch's", faster >= FASTER, f"≥ {FASTER:g}"),
        (f"{mib[OURS]:.0f} MiB", mib[OURS] <= MOST_MIB, f"≤ {MOST_MIB:g}"),
        (f"{share:.2f} of PyTorch's memory", share <= MOST_SHARE, f"≤ {MOST_SHARE:g}"),
    ]
    lines = [
        f"* **{what}**: {'as wanted' if good else '**not** as wanted'} ({w})."
        for what, good, w in told
    ]
    return "\n".join([*lines, f"* In eight bits, inference takes {eight:.2f} times as long."])
