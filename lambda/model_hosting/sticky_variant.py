"""Which variant of an endpoint answers for a key: the same one until the weights change. Pure."""

import hashlib
import math
from collections.abc import Mapping
from fractions import Fraction

_LARGEST = 1 << 64


def sticky_variant(key: str, weights: Mapping[str, float], *, experiment: str = "") -> str:
    """Choose a variant for a key by weighted rendezvous hashing; no state is kept.

    Keys fall to variants in proportion to the weights. When weights change, a key moves from one
    variant to another only if the ratio of the other's weight to its own has grown; so of two
    variants it moves only to the one whose share grows, and what changes one weight alone moves
    keys to that variant or from it, and none among the others. (For three or more no choice that
    knows the current weights alone can promise that every move is to a growing share.) Keys fall
    independently in experiments of other names.

    Raises ValueError for weights that are negative, no number, or all zero.
    """
    wrong = [weight for weight in weights.values() if not 0 <= weight < math.inf]
    if wrong or not any(weights.values()):
        raise ValueError(
            f"weights are {dict(weights)}; allowed: finite numbers from 0, one of them above 0; "
            "set them with UpdateEndpointWeightsAndCapacities"
        )
    waits = {
        name: Fraction(_wait(key, name, experiment)) / Fraction(weight)
        for name, weight in weights.items()
        if weight
    }
    return min(waits, key=lambda name: (waits[name], name))


def _wait(key: str, name: str, experiment: str) -> float:
    """Draw from the exponential distribution of rate 1; always the same for the same names."""
    text = "\0".join((experiment, name, key)).encode("utf-8", "surrogatepass")
    drawn = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
    return -math.log((drawn + 0.5) / _LARGEST)
