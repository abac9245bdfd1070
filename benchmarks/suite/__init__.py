"""How long the same tests take, and how much memory, at the founding commit and now."""

import os
import re
import tempfile
from pathlib import Path

from benchmarks.suite.pairs import Pairs, digest
from benchmarks.suite.runs import Run, collected, run
from benchmarks.suite.trees import clone, commit_of
from costs.markdown import table

BEFORE = "154c627"
HOW = (
    "The tests that both commits have, by name, in turn, each side in a clean clone with its own"
    " installation and without caches. A test that moved to another file is the same test. Memory"
    " is the most that all processes of the run held at a time, shared pages counted once (PSS)."
)


def report() -> str:
    """Run the tests that both sides have on each, and tabulate what it took.

    ``SUITE_TESTS`` is a regular expression that a test's name must match, to try it out.
    """
    workers, only = os.environ.get("TEST_WORKERS", "2"), os.environ.get("SUITE_TESTS", "")
    with tempfile.TemporaryDirectory() as folder:
        trees = [clone(commit, Path(folder)) for commit in (BEFORE, "HEAD")]
        before, now = ([i for i in collected(t) if re.search(only, i)] for t in trees)
        pairs = Pairs.of(before, now)
        for name in pairs.gone:
            print(f"only before: {name}", flush=True)
        runs = [
            run(tree, ids, workers)
            for tree, ids in zip(trees, (pairs.before, pairs.after), strict=True)
        ]
        commits = [commit_of(tree) for tree in trees]
    return told(pairs, dict(zip(commits, runs, strict=True)), workers, only)


def told(pairs: Pairs, runs: dict[str, Run], workers: str, only: str = "") -> str:
    """Say in Markdown what each commit's run took, and the ratios."""
    before, now = runs.values()
    rows = [
        [f"`{commit}`", f"{r.passed:,}", str(r.others), f"{r.seconds:.0f} s", f"{r.peak_mib:,.0f}"]
        for commit, r in runs.items()
    ]
    ratios = f"{now.seconds / before.seconds:.2f}", f"{now.peak_mib / before.peak_mib:.2f}"
    rows.append(["ratio", "", "", *ratios])
    which = f" Only those whose name matches `{only}`." if only else ""
    counted = (
        f"{len(pairs.names):,} tests with {workers} workers; the SHA-256 of their sorted names"
        f" begins with `{digest(pairs.names)[:16]}`.{which} {len(pairs.gone)} of before are not"
        f" there any more, {pairs.new:,} are new: neither are counted."
    )
    heads = ["Commit", "Passed", "Other outcomes", "Wall time", "Peak memory, MiB"]
    return "\n\n".join([HOW, counted, table(heads, rows)])
