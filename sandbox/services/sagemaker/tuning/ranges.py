"""The hyperparameters that a tuning job tries: drawn at random, or all of a grid. Pure."""

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from typing import Any

_SCALES = ("Auto", "Linear", "Logarithmic")
_KINDS = ("IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges")


def refusal(ranges: Mapping[str, Any], strategy: str) -> str | None:
    """Say what is wrong with ranges; None when they can be drawn from."""
    if unknown := sorted(name for name, value in ranges.items() if value and name not in _KINDS):
        return f"the sandbox does not carry out {', '.join(unknown)} of ParameterRanges"
    found = [each["Name"] for kind in _KINDS for each in ranges.get(kind) or []]
    if not found:
        return "ParameterRanges names no hyperparameter"
    if len(found) != len(set(found)):
        return f"the Name of a range has to be unique; they are {', '.join(found)}"
    if strategy == "Grid" and any(ranges.get(kind) for kind in _KINDS[:2]):
        return "Grid takes CategoricalParameterRanges only"
    for each in (each for kind in _KINDS[:2] for each in ranges.get(kind) or []):
        try:
            low, high = float(each["MinValue"]), float(each["MaxValue"])
        except ValueError:
            return f"the range of {each['Name']} is not of numbers"
        if low > high:
            return f"MinValue of {each['Name']} is {low}, above its MaxValue {high}"
        scale = each.get("ScalingType", "Auto")
        if scale not in _SCALES:
            return f"ScalingType of {each['Name']} is {scale}; allowed: {', '.join(_SCALES)}"
        if scale == "Logarithmic" and low <= 0:
            return f"MinValue of {each['Name']} is {low}; a logarithmic range is above 0"
    return None


def drawn(ranges: Mapping[str, Any], strategy: str, seed: int) -> Iterator[dict[str, str]]:
    """Give one set of hyperparameters after another; the same seed gives the same sets."""
    categories = ranges.get("CategoricalParameterRanges") or []
    if strategy == "Grid":
        names = [each["Name"] for each in categories]
        for values in itertools.product(*(each["Values"] for each in categories)):
            yield dict(zip(names, values, strict=True))
        return
    chance = random.Random(seed)  # noqa: S311 (nothing here is a secret)
    while True:
        found = {each["Name"]: str(chance.choice(each["Values"])) for each in categories}
        for each in ranges.get("ContinuousParameterRanges") or []:
            found[each["Name"]] = repr(_number(each, chance))
        for each in ranges.get("IntegerParameterRanges") or []:
            low, high = int(each["MinValue"]), int(each["MaxValue"])
            number = round(_number(each, chance))
            found[each["Name"]] = str(min(max(number, low), high))
        yield found


def _number(each: Mapping[str, Any], chance: random.Random) -> float:
    low, high = float(each["MinValue"]), float(each["MaxValue"])
    if each.get("ScalingType") == "Logarithmic":
        return min(max(math.exp(chance.uniform(math.log(low), math.log(high))), low), high)
    return chance.uniform(low, high)
