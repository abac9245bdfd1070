"""What a page tells an operator to type, done word for word."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from sandbox.host.client import Sandbox

ROOT = Path(__file__).parents[1]


def commands(page: str, heading: str) -> list[str]:
    """List the commands of the section of a page of ``docs/`` that has this heading."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    section = re.split(r"^#+ ", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)
    found = re.findall(r"```bash\n(.*?)```", section[0], re.DOTALL)
    return [line for block in found for line in block.splitlines() if line.strip()]


def typed(sandbox: Sandbox, command: str) -> str:
    """Run a command of Python's as a shell would, with the sandbox for an account; its output."""
    python, *words = shlex.split(command, comments=True)
    assert python == "python", command
    done = subprocess.run(  # noqa: S603 (our own page)
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **sandbox.environment(), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
