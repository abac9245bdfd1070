"""A search of hyperparameters, as settings tell it: held to the table and to AWS's quotas. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stacks.model_training.algorithms.hyperparameter import Hyperparameter
from stacks.model_training.algorithms.table import Algorithm

# https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html, 2026-11-30.
MOST_JOBS, MOST_JOBS_RAISED, MOST_PARALLEL = 750, 10_000, 100
MOST_SEARCHED, MOST_VALUES = 30, 30
STRATEGIES = ("Random", "Grid", "Bayesian", "Hyperband")
SCALES = ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic")
SEED = 7
_DIRECTIONS = {"most": "Maximize", "least": "Minimize"}
Range = Mapping[str, Any]  # from, to and scale; or values


@dataclass(frozen=True, slots=True)
class Tuning:
    """A search: how many jobs, how many at once, by which strategy, of what, in which ranges."""

    jobs: int
    parallel: int
    strategy: str
    objective: str
    ranges: Mapping[str, Range]

    def request(self, algorithm: Algorithm) -> dict[str, Any]:
        """Write it as ``HyperParameterTuningJobConfig``."""
        limits = {"MaxParallelTrainingJobs": self.parallel}
        if self.strategy != "Grid":  # which tries all there are, and takes no other number
            limits["MaxNumberOfTrainingJobs"] = self.jobs
        return {
            "Strategy": self.strategy,
            "HyperParameterTuningJobObjective": {
                "Type": _DIRECTIONS[algorithm.measures[self.objective]],
                "MetricName": self.objective,
            },
            "ResourceLimits": limits,
            "ParameterRanges": _requested(algorithm, self.ranges),
            "TrainingJobEarlyStoppingType": "Off",
            "RandomSeed": SEED,
        }


def objective_of(algorithm: Algorithm, objective: str) -> str:
    """Name the objective: the first of the algorithm's measures, where a setting says nothing.

    Raises ValueError for one that the algorithm does not tell.
    """
    known = algorithm.measures
    if not known:
        raise ValueError(
            f'"", with tuning_jobs = 0, as {algorithm.name} tells no measure of itself'
        )
    if objective and objective not in known:
        raise ValueError(
            f'"" for {next(iter(known))}, or another that {algorithm.name} tells: '
            f"{', '.join(known)}"
        )
    return objective or next(iter(known))


def require_ranges(algorithm: Algorithm, ranges: Mapping[str, Range], strategy: str) -> None:
    """Raise ValueError for a range of what is not searched, or beyond what it may be."""
    if not ranges:
        raise ValueError(
            "a table of ranges, such as { max_depth = { from = 3, to = 8 } }, of "
            f"{', '.join(_searchable(algorithm))}"
        )
    if len(ranges) > MOST_SEARCHED:
        raise ValueError(f"{MOST_SEARCHED} ranges at most; these are {len(ranges)}")
    for name, told in ranges.items():
        if name not in _searchable(algorithm):
            raise ValueError(
                f"ranges of what {algorithm.name} is tuned by, of which {name} is none: "
                f"{', '.join(_searchable(algorithm))}"
            )
        _require_range(algorithm.hyperparameters[name], told, strategy)


def require_jobs(jobs: int, strategy: str, ranges: Mapping[str, Range]) -> None:
    """Raise ValueError for more jobs than AWS has in one tuning, or than a grid has."""
    most = MOST_JOBS_RAISED if strategy == "Random" else MOST_JOBS
    if jobs > most:
        more = f"; above {MOST_JOBS} once AWS has raised that quota" if most > MOST_JOBS else ""
        raise ValueError(f"{most} at most by the strategy {strategy}{more}")
    if strategy == "Grid" and jobs != (
        grid := math.prod(len(r["values"]) for r in ranges.values())
    ):
        raise ValueError(f"{grid}, as many as the grid of tuning_ranges has")


def require_parallel(parallel: int, jobs: int, instances: int, quota: int) -> None:
    """Raise ValueError for more jobs at once than there are, or than instances are granted."""
    if parallel > jobs:
        raise ValueError(f"{jobs} at most, as many as tuning_jobs")
    if parallel * instances > quota:
        raise ValueError(
            f"{quota // instances} at most: each job takes {instances} of the {quota} instances of "
            "train_instance_quota; raise that once AWS has raised the quota"
        )


def _searchable(algorithm: Algorithm) -> list[str]:
    return [n for n, spec in algorithm.hyperparameters.items() if spec.tuned and not spec.counted]


def _require_range(spec: Hyperparameter, told: Range, strategy: str) -> None:
    kinds = ({"values"}, {"from", "to"}, {"from", "to", "scale"})
    if set(told) not in kinds or (not spec.is_numeric and "values" not in told):
        form = '{ from = 1, to = 9, scale = "Logarithmic" }, where scale may be left out, or '
        raise ValueError(f"for {spec.name} {form if spec.is_numeric else ''}{{ values = [...] }}")
    values = told.get("values", [told.get("from"), told.get("to")])
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
        raise ValueError(f"for {spec.name} a list of 1 to {MOST_VALUES} values")
    if wrong := [value for value in values if not spec.takes(value)]:
        raise ValueError(f"for {spec.name} {spec.spoken}, which {wrong[0]!r} is not")
    if "values" in told:
        if len({spec.spelled(value) for value in values}) < len(values):
            raise ValueError(f"for {spec.name} each value once")
        return
    if strategy == "Grid":
        raise ValueError(f"for {spec.name} {{ values = [...] }}, as a grid has no ranges")
    if any(isinstance(value, str) for value in values) or values[0] >= values[1]:
        raise ValueError(f"for {spec.name} a range from a number to a larger one")
    scale = told.get("scale", "Auto")
    if scale not in SCALES:
        raise ValueError(f"for {spec.name} a scale of {', '.join(SCALES)}")
    if scale == "Logarithmic" and values[0] <= 0:
        raise ValueError(f"for {spec.name} a range above 0, as its scale is logarithmic")
    if scale == "ReverseLogarithmic" and not 0 <= values[0] < values[1] < 1:
        raise ValueError(f"for {spec.name} a range within 0 and 1, as its scale is so")


def _requested(algorithm: Algorithm, ranges: Mapping[str, Range]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, told in ranges.items():
        spec = algorithm.hyperparameters[name]
        if "values" in told:
            values = [spec.spelled(value) for value in told["values"]]
            found.setdefault("CategoricalParameterRanges", []).append(
                {"Name": name, "Values": values}
            )
            continue
        kind = "Integer" if spec.type == "integer" else "Continuous"
        found.setdefault(f"{kind}ParameterRanges", []).append(
            {
                "Name": name,
                "MinValue": spec.spelled(told["from"]),
                "MaxValue": spec.spelled(told["to"]),
                "ScalingType": told.get("scale", "Auto"),
            }
        )
    return found
