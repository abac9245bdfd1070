"""Checkpoints of a training that may be killed at any moment. Pure, but for its folder."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xgboost as xgb

_KEPT = 2  # the newest, and the one before, should the newest turn out to be half a file
_OF, _LOSSES = "training", "losses"


def fingerprint(parameters: Mapping[str, Any], content_hash: str) -> str:
    """Name what is trained: a checkpoint of anything else is not gone on from."""
    said = json.dumps([content_hash, sorted(parameters.items())])
    return hashlib.sha256(said.encode()).hexdigest()


class Checkpoints:
    """Boosters in a folder that SageMaker copies to S3 and, for a new instance, back."""

    def __init__(self, folder: Path, training: str) -> None:
        self._folder, self._training = folder, training

    def save(self, booster: xgb.Booster, losses: list[float]) -> None:
        """Save a booster and the validation losses of its rounds; a half-written file has no name.

        What it notes in the booster stays there: see ``forget_notes``.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        booster.set_attr(**{_OF: self._training, _LOSSES: json.dumps(losses)})
        name = f"round-{booster.num_boosted_rounds():06d}.json"
        unfinished = self._folder / f"unfinished-{name}"
        booster.save_model(unfinished)
        unfinished.replace(self._folder / name)
        for path in self._found()[_KEPT:]:
            path.unlink(missing_ok=True)

    def latest(self) -> tuple[xgb.Booster, list[float]] | None:
        """Load the newest one of this training that can be loaded."""
        for path in self._found():
            booster = xgb.Booster()
            try:
                booster.load_model(path)
            # Of half a file XGBoost 3.0.5 quotes a byte that is no UTF-8, and fails in doing so.
            except (xgb.core.XGBoostError, UnicodeDecodeError):
                continue
            if booster.attr(_OF) == self._training:
                return booster, json.loads(booster.attr(_LOSSES) or "[]")
        return None

    def _found(self) -> list[Path]:
        return sorted(self._folder.glob("round-*.json"), reverse=True)


def forget_notes(booster: xgb.Booster) -> None:
    """Take out what checkpoints noted, so that a resumed model is the same as an unbroken one."""
    booster.set_attr(**dict.fromkeys((_OF, _LOSSES)))
