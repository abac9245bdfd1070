"""How long a synthesis takes beside one of an empty app."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from sandbox.host.process import node

ROOT = Path(__file__).parents[2]
ROUNDS = 7
MOST = 3.0  # times what the empty app takes, promised of these two
PROMISED = ("RetailDemographics", "ServiceChain")
EMPTY = "from aws_cdk import App; App(outdir={!r}, builtin_cloud_formation_validation={}).synth()"


def told() -> str:
    """Time them in turn, and say it in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        empty = str(Path(folder, "empty"))
        commands = {
            "promised": [sys.executable, "app.py"],
            "every": [sys.executable, "app.py"],
            "plain": [sys.executable, "-c", EMPTY.format(empty, True)],
            "bare": [sys.executable, "-c", EMPTY.format(empty, False)],
        }
        # The empty app gets the Node that app.py chooses, not whatever the PATH has.
        every = {"JSII_NODE": str(node()), "CDK_OUTDIR": str(Path(folder, "all"))}
        promised = {"CDK_CONTEXT_JSON": json.dumps({"arch": ",".join(PROMISED)})}
        took: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                started = time.perf_counter()
                chosen = every | promised if name == "promised" else every
                subprocess.run(command, cwd=ROOT, env=os.environ | chosen, check=True)  # noqa: S603 (own)
                took[name].append(time.perf_counter() - started)
    return verdict(*(median(took[name]) for name in commands))


def verdict(promised: float, every: float, plain: float, bare: float) -> str:
    """Say how the seconds compare, and whether that is within what was promised."""
    times = promised / plain
    kept = "within" if times <= MOST else "**more than**"
    return (
        f"`python app.py` takes {promised:.2f} s for {' and '.join(PROMISED)}, all guardrails"
        f" included: **{times:.1f} times** an empty `App().synth()` ({plain:.2f} s), {kept} the"
        f" {MOST:.1f} times promised; all architectures take {every:.2f} s. CDK's own validator,"
        f" built in there, is most of the empty app: one that validates nothing takes {bare:.2f} s."
        f" Median of {ROUNDS} runs of each, in turn, with the same Python and the same Node."
    )
