"""Tell one voice that was recorded on both channels from two people."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

# A channel may be the quieter copy of the other, in which a word now and then is heard otherwise.
_SHARE = 0.9
_SECONDS = 0.1

Heard = Sequence[tuple[float, str]]


def is_one_voice(channels: Sequence[Heard]) -> bool:
    """Tell whether two channels say the same words at the same times.

    A channel is its words, each with the second at which it begins. Two people do not speak in
    unison for a whole recording; a recorder with one microphone writes the same samples twice.
    """
    if len(channels) != 2:
        return False
    one, other = channels
    begins: defaultdict[str, list[float]] = defaultdict(list)
    for begin, word in sorted(other):
        begins[word.casefold()].append(begin)
    alike = 0
    for begin, word in sorted(one):
        starts = begins[word.casefold()]
        place = bisect_left(starts, begin - _SECONDS)
        if place < len(starts) and starts[place] <= begin + _SECONDS:
            del starts[place]
            alike += 1
    return alike > 0 and alike >= _SHARE * max(len(one), len(other))
