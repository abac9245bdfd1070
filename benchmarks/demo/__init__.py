"""How long a demo takes whose tools are installed, at the founding commit and now."""

import os
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.demo.runs import Run, play
from benchmarks.suite.trees import clone, commit_of
from costs.markdown import table

BEFORE = "154c627"
DEMO = "RetailDemographics"
MOST = 0.5  # of what it took before
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))


def report() -> str:
    """Play the demo of both commits in turn, and tabulate what it took.

    ``SUITE_INSTALLED`` may name trees whose installations fit, as for the benchmark of the suite.
    """
    with tempfile.TemporaryDirectory() as folder:
        trees = [clone(commit, Path(folder)) for commit in (BEFORE, "HEAD")]
        for tree in trees:  # bytecode, the compiled command line, the unpacked CDK
            play(tree, DEMO)
        rounds = [[play(tree, DEMO) for tree in trees] for _ in range(ROUNDS)]
        commits = [commit_of(tree) for tree in trees]
    before, now = (list(runs) for runs in zip(*rounds, strict=True))
    return told({commits[0]: before, commits[1]: now})


def told(runs: dict[str, list[Run]]) -> str:
    """Say in Markdown what each commit's runs took, and whether the ratio is what was wanted."""
    rows = [
        [
            f"`{commit}`",
            " / ".join(sorted({str(run.frames) for run in each})),
            f"{median(run.seconds for run in each):.1f}",
            ", ".join(f"{run.seconds:.1f}" for run in each),
        ]
        for commit, each in runs.items()
    ]
    before, now = (median(run.seconds for run in each) for each in runs.values())
    kept = "within" if now / before <= MOST else "**more than**"
    return "\n\n".join(
        (
            f"`make demo ARCH={DEMO}` of both commits in turn, from clean clones, with everything"
            f" installed and one run of each before that is not counted: {ROUNDS} runs each, from"
            " the command to the prompt.",
            table(["Commit", "Frames", "Median, s", "Each run, s"], rows),
            f"**{now / before:.2f} of what it took before**, {kept} the {MOST} wanted.",
        )
    )
