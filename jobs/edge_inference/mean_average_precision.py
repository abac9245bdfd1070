"""How good a detector is: the average precision of each species at an overlap of one half. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_inference.boxes import Boxes, overlaps


@dataclass(frozen=True, slots=True)
class Truth:
    """The birds that are in a picture: boxes (n, 4), and each one's species by number."""

    boxes: Boxes
    kinds: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Found:
    """What a detector says of a picture: boxes, species by number, and scores."""

    boxes: Boxes
    kinds: NDArray[np.intp]
    scores: NDArray[np.float32]


def average_precisions(
    truths: Sequence[Truth], found: Sequence[Found], species: Sequence[str], least: float = 0.5
) -> dict[str, float]:
    """Give each species' average precision; of one that is in no picture, none.

    All detections of a species, the surest first, over all pictures: one is right if it overlaps a
    bird of its species by ``least`` that no surer one has taken. The area is that under the
    precision as it can be had at each recall or a higher one (PASCAL VOC 2010 and later, at every
    recall). A detection at the same score as another counts after it in the order of pictures.
    """
    result = {}
    for number, name in enumerate(species):
        total = sum(int((truth.kinds == number).sum()) for truth in truths)
        if total:
            scores, right = _judged(truths, found, number, least)
            result[name] = _area(scores, right, total)
    return result


def mean(precisions: Mapping[str, float]) -> float:
    """Give the mean over the species that there were; 0 of none."""
    return float(np.mean(list(precisions.values()))) if precisions else 0.0


def confusion(
    truths: Sequence[Truth], found: Sequence[Found], species: Sequence[str], *, score: float
) -> NDArray[np.int64]:
    """Count which species was told for which, of detections of at least ``score``.

    Rows are what is there, columns what was told; the last row is what was told of nothing, the
    last column what was overlooked.
    """
    size = len(species)
    table = np.zeros((size + 1, size + 1), np.int64)
    for truth, one in zip(truths, found, strict=True):
        sure = np.flatnonzero(one.scores >= score)
        shared = overlaps(truth.boxes, one.boxes[sure])
        free_birds, free_found = set(range(len(truth.kinds))), set(range(len(sure)))
        for index in np.argsort(-shared, axis=None, kind="stable"):
            bird, detection = divmod(int(index), max(1, len(sure)))
            if bird in free_birds and detection in free_found and shared[bird, detection] >= 0.5:
                table[truth.kinds[bird], one.kinds[sure[detection]]] += 1
                free_birds.remove(bird)
                free_found.remove(detection)
        for bird in free_birds:
            table[truth.kinds[bird], size] += 1
        for detection in free_found:
            table[size, one.kinds[sure[detection]]] += 1
    return table


def _judged(
    truths: Sequence[Truth], found: Sequence[Found], number: int, least: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    candidates = [
        (float(one.scores[index]), picture, int(index))
        for picture, one in enumerate(found)
        for index in np.flatnonzero(one.kinds == number)
    ]
    candidates.sort(key=lambda each: -each[0])
    taken: list[set[int]] = [set() for _ in truths]
    right = []
    for _, picture, index in candidates:
        birds = np.flatnonzero(truths[picture].kinds == number)
        shared = overlaps(truths[picture].boxes[birds], found[picture].boxes[index : index + 1])
        free = [i for i in range(len(birds)) if i not in taken[picture]]
        best = max(free, key=lambda i: float(shared[i, 0]), default=None)
        is_right = best is not None and bool(shared[best, 0] >= least)
        if is_right and best is not None:
            taken[picture].add(best)
        right.append(is_right)
    return np.array([each[0] for each in candidates], np.float32), np.array(right, bool)


def _area(scores: NDArray[np.float32], right: NDArray[np.bool_], total: int) -> float:
    if not len(scores):
        return 0.0
    hits = np.cumsum(right)
    precision = hits / np.arange(1, len(right) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[right].sum() / total)
