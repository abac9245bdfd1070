"""Judge a model, and the champion on the same rows: the script of a processing job."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model_training.gate import gate
from model_training.label_first import GROUPS, Rows, read_rows
from model_training.learned_features import recoded
from model_training.packed_model import FILE, Model, open_model
from model_training.scores import roc, scores, slices

REPORT = "evaluation.json"
CHAMPION = "champion.json"


def main(arguments: Sequence[str]) -> None:
    """Write ``evaluation.json``: scores of both, slices, and the figures of the gate."""
    options = _options(arguments)
    model = open_model(options.model / FILE)
    rows = read_rows(options.rows, len(model.signature.names))
    predictions = model.predict(rows.features)
    scored = scores(rows.labels, predictions, options.threshold)
    champion, told = _champion(options.champion, model, rows, options.threshold)
    groups = json.loads((options.groups / GROUPS).read_bytes())
    passing = gate(scored, champion)
    report: dict[str, Any] = {
        "training_set": dict(model.signature.training_set),
        "library": dict(model.signature.library),
        "candidate": scored,
        "roc": roc(rows.labels, predictions),
        "slices": slices(rows.labels, predictions, groups, options.threshold, options.fewest),
        "champion": champion,
        "champion_told": told,
        "gate": passing,
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / REPORT).write_text(json.dumps(report, indent=1, allow_nan=False))
    auc, loss = scored["auc"], scored["log_loss"]
    print(f"evaluated test-auc={auc}; test-logloss={loss}; gain={passing['gain']};")


def _champion(
    folder: Path, model: Model, rows: Rows, threshold: float
) -> tuple[dict[str, Any] | None, str]:
    """Score the champion on the same rows, or say why there is nothing to compare with."""
    (document,) = folder.glob(f"**/{CHAMPION}")  # a list's files keep their folders
    named = json.loads(document.read_bytes())
    if not named["package"]:
        return None, "no package of the group is approved yet"
    (path,) = folder.glob(f"**/{FILE}")
    champion = open_model(path)
    values = recoded(rows.features, model.signature, champion.signature)
    if values is None:
        return None, f"{named['package']} asks for features that this training set does not have"
    scored = scores(rows.labels, champion.predict(values), threshold)
    return {"package": named["package"], **scored}, "scored on the same rows"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("model", "rows", "groups", "champion", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--threshold", type=float, required=True, help="a yes from here on")
    parser.add_argument("--fewest", type=int, required=True, help="rows of a slice that is scored")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
