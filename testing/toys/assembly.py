"""The toys' assemblies, each written by a process of its own: the registry is one for a process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import app  # noqa: F401 - first of ours: it chooses the Node that aws_cdk starts

ROOT = Path(__file__).parents[2]


def synthesize(out: Path, *names: str, **overrides: str) -> Path:
    """Write the toys of these names, or all, into a folder; gives it.

    Overrides are settings with ``__`` for the dot. Raises what the gate finds.
    """
    context = {key.replace("__", "."): value for key, value in overrides.items()}
    context["arch"] = ",".join(names)
    out.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "testing.toys.app"],
        cwd=out,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(out),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return out
