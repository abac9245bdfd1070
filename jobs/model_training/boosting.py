"""Gradient-boosted trees, grown round by round: the same whether or not they were interrupted."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xgboost as xgb

from model_training.checkpoints import Checkpoints, forget_notes
from model_training.label_first import Rows

# What xgboost says of a round, such as "[0]\ttrain-auc:0.75\tvalidation-logloss:0.5".
_SAID = re.compile(r"(train|validation)-(auc|logloss):([-+.\deE]+|nan|inf)")
_MEASURE = "validation-logloss"
ROUNDS = 20  # between two moments at which a training may go on as if it had been interrupted


def matrix(rows: Rows, names: Sequence[str]) -> xgb.DMatrix:
    """Give rows to xgboost, whose model will ask for these names in this order."""
    return xgb.DMatrix(rows.features, rows.labels, feature_names=list(names))


def boost(
    data: Mapping[str, xgb.DMatrix],
    parameters: Mapping[str, Any],
    *,
    rounds: int,
    patience: int,
    checkpoints: Checkpoints,
    due: Callable[[], bool],
    tell: Callable[[int, Mapping[str, float]], None],
) -> xgb.Booster:
    """Grow trees on ``data["train"]``, from the last checkpoint on, if there is one.

    With ``data["validation"]`` and a patience it stops after so many rounds without a lower log
    loss, and keeps the rounds up to the lowest. ``due`` is asked every so many rounds whether it is
    time for a checkpoint; ``tell`` is told a round's figures.
    """
    train, watched = data["train"], [(found, name) for name, found in data.items()]
    saved = checkpoints.latest()
    losses: list[float] = []
    if saved:
        booster, losses = saved
        booster.set_param(_pairs(parameters))
    else:
        booster = xgb.Booster(dict(parameters), [train])
    while booster.num_boosted_rounds() < rounds and not _is_done(losses, patience):
        number = booster.num_boosted_rounds()
        booster.update(train, number)
        figures = _figures(booster.eval_set(watched, number))
        if _MEASURE in figures:
            losses.append(figures[_MEASURE])
        tell(number, figures)
        if booster.num_boosted_rounds() % ROUNDS == 0:
            if due():
                checkpoints.save(booster, losses)
            booster = _anew(booster, parameters)
    forget_notes(booster)
    return booster[: _best(losses) + 1] if losses and patience else booster


def _anew(booster: xgb.Booster, parameters: Mapping[str, Any]) -> xgb.Booster:
    """Load a booster as one that resumes does.

    XGBoost keeps the sums of what its trees tell of each row. Those of trees that were loaded and
    of trees that were grown differ in the last digit, and then a split does.
    """
    found = xgb.Booster()
    found.load_model(booster.save_raw("json"))
    found.set_param(_pairs(parameters))
    return found


def _pairs(parameters: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Spell lists out, which a booster takes when it is made, and not later."""
    listed = {name: v if isinstance(v, list) else [v] for name, v in parameters.items()}
    return [(name, value) for name, values in listed.items() for value in values]


def _figures(said: str) -> dict[str, float]:
    return {f"{data}-{name}": float(value) for data, name, value in _SAID.findall(said)}


def _is_done(losses: Sequence[float], patience: int) -> bool:
    return bool(patience and losses) and len(losses) - 1 - _best(losses) >= patience


def _best(losses: Sequence[float]) -> int:
    return min(range(len(losses)), key=losses.__getitem__)
