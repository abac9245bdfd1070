"""The toys' assemblies, each written by a process of its own: the registry is one for a process."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import app  # noqa: F401 - first of ours: it chooses the Node that aws_cdk starts

ROOT = Path(__file__).parents[2]


def synthesize(out: Path, *names: str, **overrides: str) -> Path:
    """Write the toys of these names into a folder; gives it.

    Overrides are settings with ``__`` for the dot, or ``stage``. Raises what the gate finds.
    """
    synthesize_each({out: names}, **overrides)
    return out


def synthesize_each(asked: Mapping[Path, Sequence[str]], **overrides: str) -> None:
    """Write several assemblies, one after the other in one process."""
    words = [f"{out}={','.join(names)}" for out, names in asked.items()]
    context = {key.replace("__", "."): value for key, value in overrides.items()}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 (our own program, folders of tests)
            [sys.executable, "-m", "testing.toys.app", *words],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "CDK_CONTEXT_JSON": json.dumps(context),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise AssertionError(done.stderr)
