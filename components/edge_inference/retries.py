"""How long to wait before something is tried again."""

_DOUBLINGS = 12


def wait_seconds(
    failures: int, draw: float, *, first: float = 1.0, longest: float = 300.0
) -> float:
    """Give a wait, exponential with full jitter; ``draw`` is a random number in [0, 1).

    Full jitter, because devices that were cut off together must not come back together:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return draw * min(longest, first * float(2 ** min(failures, _DOUBLINGS)))
