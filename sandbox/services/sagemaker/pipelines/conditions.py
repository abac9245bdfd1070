"""The conditions of a pipeline: comparisons, membership, not and or."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
_MEMBERS = {
    **dict.fromkeys(_COMPARED, ("LeftValue", "RightValue")),
    "In": ("QueryValue", "Values"),
    "Not": ("Expression",),
    "Or": ("Conditions",),
}


def refusal(condition: Any) -> str | None:
    """Say what is wrong with a condition as it is written; None when it can be evaluated."""
    if not isinstance(condition, Mapping):
        return f"a condition is {condition!r}, which is no object"
    kind = condition.get("Type")
    if kind not in _MEMBERS:
        return f"a condition is of Type {kind}; allowed: {', '.join(_MEMBERS)}"
    if set(condition) != {"Type", *_MEMBERS[kind]}:
        return f"a condition {kind} has {', '.join(_MEMBERS[kind])}, and not {sorted(condition)}"
    inner = {"Not": [condition.get("Expression")], "Or": condition.get("Conditions")}.get(kind, [])
    return next(filter(None, map(refusal, inner or [])), None)


def holds(condition: Mapping[str, Any]) -> bool:
    """Evaluate a condition whose values are known; raises TypeError for what cannot be compared."""
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Expression"])
    if kind == "Or":
        return any(holds(each) for each in condition["Conditions"])
    if kind == "In":
        return condition["QueryValue"] in condition["Values"]
    left, right = condition["LeftValue"], condition["RightValue"]
    return _COMPARED[kind](left, right)
