"""Many tests of one window, and one error rate for all of them together. Pure."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values by Holm's method; the order stays.

    The chance that the smallest of them is at most a rate is then at most this rate, if nothing has
    changed, however the tests depend on one another. (SciPy has Benjamini's and Hochberg's method,
    which needs them not to, and none of these.)
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [1.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, p_values[index] * (len(p_values) - rank))
        adjusted[index] = min(1.0, largest)
    return adjusted
