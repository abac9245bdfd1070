"""Pictures: the same bytes under the same key, however often they were uploaded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from retail_demographics.frames import Frame


def by_picture(frames: Iterable[Frame]) -> Mapping[str, Sequence[Frame]]:
    """Sort uploads by what they show; of several the first comes first, in whatever order told."""
    found: defaultdict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        found[frame.frame_id].append(frame)
    return {name: sorted(uploads, key=_age) for name, uploads in found.items()}


def repeats_of(pictures: Mapping[str, Sequence[Frame]], known: Iterable[str]) -> Iterator[Frame]:
    """Yield the uploads that nothing is asked about: not the first, or of a picture known before.

    A camera that did not hear the answer to an upload makes another version by sending it again.
    """
    before = frozenset(known)
    for name, uploads in pictures.items():
        yield from uploads if name in before else uploads[1:]


def _age(frame: Frame) -> tuple[datetime, str, str]:
    return frame.event_time, frame.sequencer, frame.object_id
