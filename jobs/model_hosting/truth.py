"""How right a model was, once the truth has arrived. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, slots=True)
class Rightness:
    """Answers of a window that were right, of all; and the area under its ROC curve.

    The area is None, and ``told`` says why, where the truth is of one class: then no ranking of
    the two can be judged.
    """

    right: int
    count: int
    area: float | None
    told: str | None

    @property
    def accuracy(self) -> float | None:
        """The share of right answers; None of no answers."""
        return self.right / self.count if self.count else None


def rightness(scores: Sequence[float], truths: Sequence[bool], threshold: float) -> Rightness:
    """Compare scores of the positive class with what came true.

    Raises ValueError for lists of different lengths, or scores that are no number.
    """
    found, true = np.asarray(scores, dtype=np.float64), np.asarray(truths, dtype=bool)
    if found.shape != true.shape or not np.isfinite(found).all():
        raise ValueError(
            f"{len(scores)} scores for {len(truths)} truths; allowed: as many, all of them finite; "
            "join them by inference id"
        )
    right = int(((found >= threshold) == true).sum())
    positive, negative = found[true], found[~true]
    if not len(positive) or not len(negative):
        classes = "no truth at all" if not len(found) else f"truth of one class ({true[0]})"
        return Rightness(right, len(found), None, f"{classes}: no area under a curve")
    above = stats.mannwhitneyu(positive, negative).statistic
    return Rightness(right, len(found), float(above / (len(positive) * len(negative))), None)


def chance_of_less(before: Rightness, now: Rightness) -> float | None:
    """Return the p-value of the share of right answers not being less; None without answers."""
    if not before.count or not now.count:
        return None
    table = [[now.right, now.count - now.right], [before.right, before.count - before.right]]
    return float(stats.fisher_exact(table, alternative="less")[1])
