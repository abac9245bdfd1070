"""How much of what can go wrong in a template the guardrails see."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.guardrails.survivors import EQUIVALENT, HARMLESS, MISSING, class_of
from benchmarks.guardrails.verdicts import Judged
from costs.markdown import table

ROOT = Path(__file__).parents[2]
HEADS = ("Architecture", "Mutants", "Killed", "Harmless", "Equivalent", "Missing rule")
HOW = (
    "Each property of the synthesized templates is deleted, weakened (true to false, a number to"
    " one), widened (to an ARN that matches all) and replaced by `*`, each alone. The packs that"
    " are always on, our own rules and AWS's validator judge each mutant; why a survivor does no"
    " harm stands in `benchmarks/guardrails/survivors.py`."
)


def report() -> str:
    """Measure, and say it in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, "CDK_OUTDIR": folder},
            check=True,
        )
        rows, missing = [], set[str]()
        for template in sorted(Path(folder).glob("*.template.json")):
            judged = Judged(json.loads(template.read_text("utf-8")))
            classes = Counter(class_of(mutant.place) for mutant in judged.survivors)
            missing |= {m.place for m in judged.survivors if class_of(m.place) == MISSING}
            killed = judged.total - len(judged.survivors)
            counts = (judged.total, killed, *(classes[c] for c in (HARMLESS, EQUIVALENT, MISSING)))
            rows.append([template.name.partition(".")[0], *(f"{count:,}" for count in counts)])
    lines = [HOW, "", table(HEADS, rows)]
    if missing:
        lines += ["", f"No rule yet: {', '.join(sorted(missing))}."]
    return "\n".join(lines)
