"""Synthesize what a demo deploys, by the program that `cdk deploy` would run."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from demos import hand_over
from demos.stage import DemoError
from sandbox.host.environment import synthesis_environment
from sandbox.host.process import HOME, ROOT, tool_path

LAST_LINES = 12


def synthesize(stacks: Sequence[str], context: Mapping[str, str], folder: Path) -> None:
    """Write an assembly of these stacks, judged by the gate, and hand it over in a folder.

    It needs no account, so it needs no sandbox. Raises DemoError with what the app said.
    """
    well = False
    try:
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={
                **synthesis_environment(os.environ, home=HOME / "home", path=tool_path()),
                "CDK_CONTEXT_JSON": json.dumps({"arch": ",".join(stacks), **context}),
                "CDK_OUTDIR": str(hand_over.assembly(folder)),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        well = done.returncode == 0
    finally:
        if well:
            hand_over.reached(folder, hand_over.WRITTEN)
        else:
            hand_over.failed(folder)
    if not well:
        said = "\n".join(done.stdout.strip().splitlines()[-LAST_LINES:])
        raise DemoError(f"{', '.join(stacks)} could not be synthesized:\n{said}")
