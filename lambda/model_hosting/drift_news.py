"""What is told of a window: figures for CloudWatch, and the wish for another model. Pure."""

from collections.abc import Mapping
from typing import Any

MOST_FEATURES = 10  # that a window names in metrics and events: the record has all of them


def figures(report: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics of a window; what was not judged has no figure of drift."""
    found: dict[str, float] = {
        "WindowRows": report["rows"],
        "RecordsSetAside": report["set_aside"],
        "WindowsJudged" if report["judged"] else "WindowsNotJudged": 1,
    }
    if report["judged"]:
        found["FeaturesDrifted"] = len(drifted_features(report))
    right = report["right"]
    for name, figure in {"Accuracy": right["accuracy"], "AreaUnderCurve": right["area"]}.items():
        if figure is not None:
            found[name] = figure
    return found


def drifted_features(report: Mapping[str, Any]) -> dict[str, float]:
    """Return the largest change of each feature that has drifted, the largest first."""
    found = dict[str, float]()
    for each in report["findings"]:
        if each["drifted"]:
            found[each["feature"]] = max(each["size"], found.get(each["feature"], 0.0))
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def named(report: Mapping[str, Any]) -> dict[str, float]:
    """Return those that are named, as many as metrics are paid for."""
    return dict(list(drifted_features(report).items())[:MOST_FEATURES])


def wish(report: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the detail of the event that asks for another model; features are named, no value."""
    names = list(named(report))
    return {
        "reason": f"drift of {', '.join(names)}",
        "endpoint": report["endpoint"],
        "package": report["package"],
        "window": report["window"],
        "features": names,
        "record": place,
    }


def unjudged(told: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Write the report of a window that no job was started for."""
    nothing = {"rows": 0, "accuracy": None, "area": None, "told": None}
    return {
        **told,
        "rows": 0,
        "set_aside": 0,
        "judged": False,
        "drifted": False,
        "findings": [],
        "right": nothing,
        "told": [reason],
    }
