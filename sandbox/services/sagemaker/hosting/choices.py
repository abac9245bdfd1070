"""Which variant answers a request: by weight, or the one that the request names."""

import itertools
import random
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence


class NoTrafficError(Exception):
    """No variant has a weight: nobody may answer."""


def chosen(weights: Mapping[str, float], draw: Callable[[], float] = random.random) -> str:
    """Choose a variant by its weight, of which the sum may be anything above 0.

    ``draw()`` gives a number of at least 0 and below 1.
    """
    names: Sequence[str] = list(weights)
    sums = list(itertools.accumulate(weights.values()))
    if not sums or not sums[-1] > 0:
        raise NoTrafficError(f"the weights of {', '.join(names) or 'no variant'} are all 0")
    return names[bisect_right(sums, draw() * sums[-1])]
