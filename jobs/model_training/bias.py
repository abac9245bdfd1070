"""How differently a model treats groups. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

# Of two groups, the share of the one that gets fewer yeses in the other's: what the four-fifths
# rule of the US Uniform Guidelines on Employee Selection Procedures calls adverse impact is below.
FOUR_FIFTHS = 0.8


def disparities(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Compare the values of each group, by what ``scores.slices`` tells of them.

    Gives the difference of the shares of yes, their ratio, and the differences of recall and of the
    false positive rate: None where fewer than two values have such a figure.
    """
    return [
        {
            "group": name,
            "values": len(parts),
            "yes_difference": _spread(parts, "predicted"),
            "yes_ratio": _ratio(parts),
            "four_fifths": _passes(_ratio(parts)),
            "recall_difference": _spread(parts, "recall"),
            "false_positive_rate_difference": _spread(parts, "false_positive_rate"),
        }
        for name, parts in found.items()
    ]


def _figures(parts: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    return [part[name] for part in parts if part.get(name) is not None]


def _spread(parts: Sequence[Mapping[str, Any]], name: str) -> float | None:
    figures = _figures(parts, name)
    return max(figures) - min(figures) if len(figures) > 1 else None


def _ratio(parts: Sequence[Mapping[str, Any]]) -> float | None:
    figures = _figures(parts, "predicted")
    if len(figures) < 2 or not max(figures):
        return None
    return min(figures) / max(figures)


def _passes(ratio: float | None) -> bool | None:
    return None if ratio is None else ratio >= FOUR_FIFTHS
