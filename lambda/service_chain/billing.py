"""What AWS charges for, counted as AWS counts it."""

import math
from collections.abc import Iterable

# https://aws.amazon.com/comprehend/pricing/: units of 100 characters, at least 3 per request; in
# a batch, every text is a request.
CHARACTERS_PER_UNIT = 100
MIN_UNITS = 3


def comprehend_units(texts: Iterable[str]) -> int:
    """Count the units of one operation of Comprehend's on texts."""
    return sum(max(MIN_UNITS, -(-len(text) // CHARACTERS_PER_UNIT)) for text in texts)


def audio_seconds(seconds: float | None) -> int:
    """Count a recording's seconds: the last one whole.

    Whether Transcribe still bills a recording for 15 seconds at least is disputed, so it is not
    counted: for recordings that short, the count may be low.
    """
    return math.ceil(seconds or 0)
