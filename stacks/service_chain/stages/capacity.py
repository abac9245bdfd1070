"""Functions that the account grants: how many a document takes, how long one waits. Pure."""

import math
from typing import Any

from stacks.service_chain.settings import ServiceChain
from stacks.shared.asl import BACKOFF

START_INSTANCES = 2  # the fewest that SQS takes as MaximumConcurrency
MEASURE_INSTANCES = 1

NO_ROOM = "Lambda.TooManyRequestsException"
EVENTS_PER_ATTEMPT = 3  # in a history: scheduled, started, failed
MOST_EVENTS = 10_000  # of the 25,000 that a history may have


def languages_at_once(settings: ServiceChain) -> int:
    """Return how many languages of one document may each have a function at the same time."""
    left = settings.concurrent_functions - START_INSTANCES - MEASURE_INSTANCES
    return min(left, 1 + len(settings.translate_to))


def wait_for_room(settings: ServiceChain) -> dict[str, Any]:
    """Try again while all functions of the account are taken, for as long as a document may wait.

    With full jitter a pause takes half of the longest on average: there are twice as many as that
    takes, so that none gives up sooner. The longest is such that all that wait at the same time
    leave room in the history.
    """
    seconds = settings.execution_hours * 3600
    attempts = MOST_EVENTS / EVENTS_PER_ATTEMPT / languages_at_once(settings)
    longest = max(int(BACKOFF["MaxDelaySeconds"]), math.ceil(2 * seconds / attempts))
    return {
        "ErrorEquals": [NO_ROOM],
        **BACKOFF,
        "MaxDelaySeconds": longest,
        "MaxAttempts": math.ceil(4 * seconds / longest),
    }
