"""One demo in a clone, as ``make demo`` plays it once its tools are there."""

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.suite.runs import environment
from sandbox.host.process import SandboxError

# The row of the closing table that compares what was sent with what was counted.
FRAMES = re.compile(r"^\s*frames\s+(\d+)\s+(\d+)\b", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds from the command to the prompt, and the frames that were sent and counted."""

    seconds: float
    frames: int


def play(tree: Path, demo: str) -> Run:
    """Play a demo. Raises SandboxError when it did not come out right."""
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603 (our own demo)
        [".venv/bin/python", "-m", "demos", demo],
        cwd=tree,
        env=environment(tree) | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - begun
    if done.returncode:
        raise SandboxError(f"the demo in {tree} failed:\n{done.stdout[-2000:]}")
    return Run(seconds, frames_in(done.stdout))


def frames_in(said: str) -> int:
    """Read how many frames a demo sent; raises SandboxError unless it counted all of them."""
    found = FRAMES.search(said)
    if not found or found[1] != found[2]:
        raise SandboxError(
            f"the demo says of no frames that they were all counted:\n{said[-2000:]}"
        )
    return int(found[1])
