"""Jobs without a script: the algorithm that is built into the image, and what it takes."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.services.sagemaker.operations import invalid

_PROGRAM = Path(__file__).with_name("builtin_xgboost.py")
_METRIC = re.compile(r"\b(train|validation)-([\w@.]+):([-+.\deE]+)")
_OBJECTIVES = (
    *("reg:squarederror", "reg:squaredlogerror", "reg:logistic", "reg:pseudohubererror"),
    *("reg:absoluteerror", "reg:gamma", "reg:tweedie", "binary:logistic", "binary:logitraw"),
    *("binary:hinge", "count:poisson", "multi:softmax", "multi:softprob"),
)
# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html
_WORDS: Mapping[str, tuple[str, ...]] = {
    "objective": _OBJECTIVES,
    "booster": ("gbtree", "gblinear", "dart"),
    "tree_method": ("auto", "exact", "approx", "hist"),
    "grow_policy": ("depthwise", "lossguide"),
}
_WHOLE = {
    **dict.fromkeys(("num_round", "early_stopping_rounds", "nthread"), 1),
    **dict.fromkeys(("max_depth", "max_leaves", "verbosity", "seed"), 0),
    **dict.fromkeys(("num_class", "max_bin"), 2),
}
_SHARES = ("eta", "subsample", "colsample_bytree", "colsample_bylevel", "colsample_bynode")
_NUMBERS = (
    *("gamma", "min_child_weight", "max_delta_step", "lambda", "alpha", "scale_pos_weight"),
    "base_score",
)
_OTHERS = ("eval_metric",)


def check(request: Mapping[str, Any]) -> None:
    """Refuse what the algorithm would; raises ServiceError that names it."""
    given = request.get("HyperParameters", {})
    known = {*_WORDS, *_WHOLE, *_SHARES, *_NUMBERS, *_OTHERS}
    if unknown := sorted(set(given) - known):
        raise invalid(
            f"Extraneous hyperparameter found: {', '.join(unknown)}; the sandbox's built-in "
            f"XGBoost takes {', '.join(sorted(known))}"
        )
    if "num_round" not in given:
        raise invalid(
            "Missing required hyperparameter: num_round, of the algorithm that is built into the "
            "image; a job with a script has sagemaker_program"
        )
    for name, value in given.items():
        if not _fits(name, value):
            raise invalid(f"Hyperparameter {name}: value {value} is not in its range")
    if request["AlgorithmSpecification"].get("MetricDefinitions"):
        raise invalid(
            "You can't override the metric definitions for Amazon SageMaker algorithms. Please "
            "retry the request without specifying metric definitions."
        )
    for channel in request.get("InputDataConfig", []):
        kind = str(channel.get("ContentType", "text/csv")).partition(";")[0]
        if kind not in ("text/csv", "csv"):
            raise invalid(
                f"ContentType of channel {channel['ChannelName']} is {kind}; the sandbox's "
                "built-in XGBoost reads text/csv"
            )
    if "train" not in [channel["ChannelName"] for channel in request.get("InputDataConfig", [])]:
        raise invalid("Missing required channel: train")


def command(base: Path) -> list[str]:
    """Compose the command that trains in a container's folder."""
    return ["python3", str(_PROGRAM), str(base)]


def metrics(line: str) -> Iterator[tuple[str, float]]:
    """Find the metrics in a line of the log, such as ``validation:auc``."""
    if line.startswith("["):
        for data, name, value in _METRIC.findall(line):
            yield f"{data}:{name}", float(value)


def _fits(name: str, value: str) -> bool:
    if name in _WORDS:
        return value in _WORDS[name]
    if name in _OTHERS:
        return bool(value)
    try:
        number = float(value)
    except ValueError:
        return False
    if name in _WHOLE:
        return number.is_integer() and number >= _WHOLE[name]
    return 0 <= number <= 1 if name in _SHARES else number >= 0
