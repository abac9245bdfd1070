"""How much of what can go wrong in a template the guardrails see."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.guardrails.mutants import Mutant, alike
from benchmarks.guardrails.survivors import (
    EQUIVALENT,
    HARMLESS,
    MISSING,
    class_of,
    reasons_table,
    unused,
)
from benchmarks.guardrails.verdicts import Judges
from costs.markdown import table

ROOT = Path(__file__).parents[2]
HEADS = ("Architecture", "Mutants", "Killed", "Harmless", "Equivalent", "Missing rule")
HOW = (
    "Each property of the synthesized templates is deleted, weakened (true to false, a number to"
    " one), widened (to an ARN that matches all) and replaced by `*`, each alone. Our own rules,"
    " AWS's validator and the packs that are always on judge each mutant; those that are alike to"
    " every rule are judged once and counted each. Why a survivor does no harm stands below, and in"
    " `benchmarks/guardrails/survivors.toml`."
)
# Enough to share the start of an app of the packs, few enough for both processors to end together.
CHUNK = 60
WIDTH = 40


def report() -> str:
    """Measure, and say it in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, "CDK_OUTDIR": folder},
            check=True,
        )
        documents = {
            path.name.partition(".")[0]: json.loads(path.read_text("utf-8"))
            for path in sorted(Path(folder).glob("*.template.json"))
        }
    groups = {name: list(alike(document).values()) for name, document in documents.items()}
    survivors = {
        name: [mutant for group in kept for mutant in group]
        for name, kept in _survivors(documents, groups).items()
    }
    rows = []
    for name, alive in survivors.items():
        total = sum(map(len, groups[name]))
        classes = Counter(class_of(mutant) for mutant in alive)
        counts = (total, total - len(alive), *(classes[c] for c in (HARMLESS, EQUIVALENT, MISSING)))
        rows.append([name, *(f"{count:,}" for count in counts)])
    everywhere = [mutant for alive in survivors.values() for mutant in alive]
    missing = sorted({f"{m.place} {m.done}" for m in everywhere if class_of(m) == MISSING})
    told = [f"No rule yet: {', '.join(missing)}."] if missing else []
    told += [f"Explains nothing any more: {why}." for why in unused(everywhere)]
    return "\n\n".join([HOW, table(HEADS, rows), *told, reasons_table(everywhere)])


def _survivors(
    documents: Mapping[str, Mapping[str, Any]], groups: Mapping[str, Sequence[list[Mutant]]]
) -> dict[str, list[list[Mutant]]]:
    """Return the groups that nothing finds, judged by all processors."""
    found: dict[str, list[list[Mutant]]] = {name: [] for name in documents}
    # The kernel of jsii belongs to one process: each of the others starts its own.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        work = dict(_submitted(pool, documents, groups))
        for done, future in enumerate(as_completed(work), 1):
            name, chunk = work[future]
            found[name] += [chunk[index] for index in future.result()]
            bar = "#" * (WIDTH * done // len(work))
            print(f"\rmutants [{bar:<{WIDTH}}] {done}/{len(work)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return found


def _submitted(
    pool: ProcessPoolExecutor,
    documents: Mapping[str, Mapping[str, Any]],
    groups: Mapping[str, Sequence[list[Mutant]]],
) -> Iterator[tuple[Future[list[int]], tuple[str, Sequence[list[Mutant]]]]]:
    for name, document in documents.items():
        for start in range(0, len(groups[name]), CHUNK):
            chunk = groups[name][start : start + CHUNK]
            first = [group[0] for group in chunk]
            yield pool.submit(survivors_of, document, first), (name, chunk)


def survivors_of(document: Mapping[str, Any], mutants: Sequence[Mutant]) -> list[int]:
    """Return which of the mutants of one template survive, by their places in the list."""
    alive = {id(mutant) for mutant in Judges(document).survivors(mutants)}
    return [index for index, mutant in enumerate(mutants) if id(mutant) in alive]
