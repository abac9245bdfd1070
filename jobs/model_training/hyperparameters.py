"""The hyperparameters of a training job, held to their schema. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

SCHEMA = "hyperparameters.schema.json"
# What a tuning job of SageMaker adds of its own, and what says how a job is run.
_FOREIGN = ("_tuning_objective_metric", "sagemaker_")
_OWN = ("num_round", "early_stopping_rounds", "checkpoint_seconds")
_KINDS = {"integer": "a whole number", "number": "a number"}


class HyperparameterError(ValueError):
    """A hyperparameter that cannot be; its text says which, and what is allowed."""


def specifications() -> Mapping[str, Mapping[str, Any]]:
    """Read what each hyperparameter may be, by name, as JSON Schema says it."""
    # By the loader, which reads beside a module wherever that lies: in a folder or in a zip.
    text = __spec__.loader.get_data(str(Path(__file__).with_name(SCHEMA)))  # type: ignore[union-attr]  # each has it
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)["properties"]
    return found


def read_arguments(arguments: Sequence[str]) -> dict[str, str]:
    """Read ``--name value`` pairs, as SageMaker's toolkit passes hyperparameters to a script."""
    if len(arguments) % 2 or any(not name.startswith("--") for name in arguments[::2]):
        raise HyperparameterError(
            f"arguments are {list(arguments)}; allowed: pairs of --name value"
        )
    return dict(zip((n[2:] for n in arguments[::2]), arguments[1::2], strict=True))


def hyperparameters(given: Mapping[str, Any]) -> dict[str, int | float]:
    """Return all hyperparameters, those that are not given by their defaults.

    Raises HyperparameterError that tells of all that is wrong, not of the first alone.
    """
    known = specifications()
    ours = {name: value for name, value in given.items() if not name.startswith(_FOREIGN)}
    wrong = list(_problems(ours, known))
    if wrong:
        raise HyperparameterError("; ".join(wrong))
    return {
        name: _number(ours[name], spec["type"]) if name in ours else spec["default"]
        for name, spec in known.items()
    }


def boosting_parameters(found: Mapping[str, int | float]) -> dict[str, Any]:
    """Return what xgboost is told: the same rows give the same trees, wherever it resumes."""
    return {
        **{name: value for name, value in found.items() if name not in _OWN},
        "objective": "binary:logistic",
        "eval_metric": ["auc", "logloss"],
        "tree_method": "hist",
        "seed_per_iteration": True,
        "verbosity": 1,
    }


def _problems(given: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, value in given.items():
        if name not in known:
            yield f"{name} is no hyperparameter; allowed: {', '.join(known)}"
            continue
        try:
            number = _number(value, known[name]["type"])
        except ValueError:
            number = None
        if number is None or not _fits(number, known[name]):
            yield f"{name} is {value!r}; allowed: {_spoken(known[name])}"


def _number(value: Any, kind: str) -> int | float:
    if isinstance(value, bool):
        raise ValueError(value)
    return int(str(value)) if kind == "integer" else float(value)


def _fits(number: float, spec: Mapping[str, Any]) -> bool:
    # Written so that what is no number at all fits nothing.
    return (
        spec.get("minimum", number) <= number <= spec["maximum"]
        and not number <= spec.get("exclusiveMinimum", number - 1)
        and number == number
    )


def _spoken(spec: Mapping[str, Any]) -> str:
    if "exclusiveMinimum" in spec:
        return f"{_KINDS[spec['type']]} above {spec['exclusiveMinimum']} up to {spec['maximum']}"
    return f"{_KINDS[spec['type']]} from {spec['minimum']} to {spec['maximum']}"
