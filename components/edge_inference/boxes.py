"""Boxes of birds: how much two overlap, and which of many to keep."""

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]  # (n, 4): left, top, right, bottom, in pixels of one picture


def overlaps(ones: Boxes, others: Boxes) -> NDArray[np.float32]:
    """Give the intersection over union of each with each, (n, m) of 0 to 1; 0 for empty boxes."""
    one, other = ones[:, None, :], others[None, :, :]
    size = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    shared = np.clip(size, 0, None).prod(axis=-1)
    union = areas(ones)[:, None] + areas(others)[None, :] - shared
    share = np.where(union > 0, shared / np.where(union > 0, union, 1), 0)
    return np.asarray(share, np.float32)


def areas(boxes: Boxes) -> NDArray[np.float32]:
    """Give the area of each, 0 where its sides are the wrong way round."""
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return np.asarray(sides.prod(axis=-1), np.float32)


def without_duplicates(boxes: Boxes, scores: NDArray[np.float32], most: float) -> NDArray[np.intp]:
    """Suppress what overlaps a better one by more than ``most``; indices, the best first.

    Of two with one score the first is the better. All species compete: one bird is not two kinds.
    """
    order = np.argsort(-scores, kind="stable")
    shared = overlaps(boxes, boxes)
    kept: list[np.intp] = []
    for index in order:
        if not kept or (shared[index, kept] <= most).all():
            kept.append(index)
    return np.array(kept, np.intp)
