"""Settings that depend on the algorithm, each held to its line of the table. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from stacks.model_training.algorithms import requests
from stacks.model_training.algorithms.hyperparameter import Value
from stacks.model_training.algorithms.table import SCRIPT, Algorithm, algorithms
from stacks.model_training.algorithms.tuning import (
    objective_of,
    require_jobs,
    require_parallel,
    require_ranges,
)

LONGEST_UNSAVED = 60  # minutes on Spot, waiting included, of what writes no checkpoints


class EarlierMistakeError(Exception):
    """What a setting depends on is wrong itself, and told already."""


class Earlier(dict[str, Any]):
    """The settings before this one, without those that are wrong."""

    def __missing__(self, _name: str) -> NoReturn:
        """Raise EarlierMistakeError."""
        raise EarlierMistakeError


Check = Callable[[Any, Earlier], None]


def _mode(value: str, data: Earlier) -> None:
    requests.require_input(_algorithm(data), "", value)


def _format(value: str, data: Earlier) -> None:
    requests.require_input(_algorithm(data), value, data["input_mode"])


def _channels(value: list[str], data: Earlier) -> None:
    further = [name[1:] for name in _algorithm(data).channels if name.startswith("?")]
    if set(value) - set(further) or len(set(value)) < len(value):
        allowed = ", ".join(further) or "none"
        raise ValueError(f"channels that {data['algorithm']} may do without: {allowed}")


def _ranges(value: dict[str, Any], data: Earlier) -> None:
    if value:
        require_ranges(_algorithm(data), value, data["tuning_strategy"])


def _jobs(value: int, data: Earlier) -> None:
    if not value:
        return
    if not data["tuning_ranges"]:
        raise ValueError(
            "0 without tuning_ranges: say which hyperparameters are searched, and where"
        )
    objective_of(_algorithm(data), "")
    require_jobs(value, data["tuning_strategy"], data["tuning_ranges"])


def _instances(value: int, data: Earlier) -> None:
    requests.require_instances(_algorithm(data), value, data["input_mode"], data["hyperparameters"])


def _parallel(value: int, data: Earlier) -> None:
    if jobs := data["tuning_jobs"]:
        instances, quota = data["train_instances"], data["train_instance_quota"]
        require_parallel(value, jobs, instances, quota)


def _objective(value: str, data: Earlier) -> None:
    if value or data["tuning_jobs"]:
        objective_of(_algorithm(data), value)


def _hyperparameters(value: dict[str, Value], data: Earlier) -> None:
    algorithm = _algorithm(data)
    chosen = list(data["tuning_ranges"]) if data["tuning_jobs"] else []
    requests.require_hyperparameters(algorithm, value, chosen)
    if both := sorted(set(value) & set(chosen)):
        raise ValueError(f"a table without {', '.join(both)}, of which tuning_ranges has a range")


def _measures(value: dict[str, float], data: Earlier) -> None:
    algorithm = _algorithm(data)
    if value and algorithm.is_ours:
        raise ValueError(
            f"{{}}, as {algorithm.name} is judged on the test split, by least_auc and least_gain"
        )
    known = list(algorithm.measures)
    if data["tuning_jobs"]:
        known = [objective_of(algorithm, data["tuning_objective"])]
    if unknown := sorted(set(value) - set(known)):
        told = ", ".join(known) or "none"
        tuned = ", the objective, of a tuning" if data["tuning_jobs"] else ""
        raise ValueError(
            f"figures for what {algorithm.name} tells{tuned}: {told}; not {unknown[0]}"
        )


def _train_instance(value: str, data: Earlier) -> None:
    requests.require_instance(_algorithm(data), value)


def _serving(value: list[str], data: Earlier) -> None:
    for kind in value:
        requests.require_serving(_algorithm(data), kind)


def _spot(value: int, data: Earlier) -> None:
    algorithm, minutes = _algorithm(data), data["training_minutes"]
    saves = algorithm.checkpoints and (algorithm.name == SCRIPT or not data["tuning_jobs"])
    if value and not saves and minutes + value > LONGEST_UNSAVED:
        raise ValueError(
            f"0, or training_minutes and spot_minutes of {LONGEST_UNSAVED} together at most: AWS "
            f"ends a job on Spot by then, as {algorithm.name} writes no checkpoints here"
        )


def _algorithm(data: Earlier) -> Algorithm:
    found: Algorithm = algorithms()[data["algorithm"]]
    return found


FITTING: Mapping[str, Check] = {
    "input_mode": _mode,
    "input_format": _format,
    "further_channels": _channels,
    "tuning_ranges": _ranges,
    "tuning_jobs": _jobs,
    "train_instances": _instances,
    "tuning_parallel": _parallel,
    "tuning_objective": _objective,
    "hyperparameters": _hyperparameters,
    "measures": _measures,
    "train_instance": _train_instance,
    "serving_instances": _serving,
    "spot_minutes": _spot,
}
