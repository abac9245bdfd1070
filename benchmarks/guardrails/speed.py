"""How long a synthesis of all architectures takes beside one of an empty app."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROUNDS = 7
EMPTY = "from aws_cdk import App; App(outdir={!r}, builtin_cloud_formation_validation={}).synth()"


def told() -> str:
    """Time them in turn, and say it in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        empty = str(Path(folder, "empty"))
        commands = {
            "both": [sys.executable, "app.py"],
            "bare": [sys.executable, "-c", EMPTY.format(empty, False)],
            "plain": [sys.executable, "-c", EMPTY.format(empty, True)],
        }
        took: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                started = time.perf_counter()
                subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 (written above)
                took[name].append(time.perf_counter() - started)
    both, bare, plain = (median(took[name]) for name in commands)
    return (
        f"`python app.py` takes {both:.2f} s for all architectures, all guardrails included: "
        f"{both / plain:.1f} times an empty `App().synth()`, which starts the validator that is"
        f" built into CDK, and {both / bare:.1f} times an empty app that validates nothing (median"
        f" of {ROUNDS} runs in turn)."
    )
