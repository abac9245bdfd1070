"""What a detector's output says of a frame: which birds, how surely, where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_inference.boxes import Boxes, without_duplicates

_PLACE = 5  # of a cell: whether there is a bird, its centre within the cell, its width and height
MOST_OVERLAP = 0.45


class BadOutputError(ValueError):
    """A session gave what no detector gives; its text is meant for a person."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A bird in a frame: its species, a confidence of 0 to 1, its box in pixels of the frame."""

    species: str
    confidence: float
    box: tuple[float, float, float, float]


def boxes_of(
    output: Any, species: Sequence[str], side: int, least: float
) -> tuple[Boxes, NDArray[np.float32], NDArray[np.intp]]:
    """Read a grid of (5 + species, rows, columns): boxes in the square, scores, species' numbers.

    A cell says of the bird whose centre lies in it: whether there is one, where in the cell, its
    size as shares of the ``side``, and the share of each species; its score is the first times the
    largest of the last. Cells below ``least`` are left out, and what overlaps a better one.
    Raises BadOutputError for another shape, and for what is no number: a runtime notices neither.
    """
    grid = np.asarray(output)
    if grid.ndim == 4 and len(grid) == 1:
        grid = grid[0]
    if grid.ndim != 3 or len(grid) != _PLACE + len(species):
        raise BadOutputError(
            f"the model gave an output of shape {np.shape(output)}; of {len(species)} species it is"
            f" (1, {_PLACE + len(species)}, rows, columns): deploy the model with its description"
        )
    if not np.isfinite(grid.sum()):  # no number that is none, nor infinite, leaves a sum finite
        share = float(np.mean(~np.isfinite(grid)))
        raise BadOutputError(
            f"{share:.0%} of the model's output are no numbers: its file is not what was trained,"
            " or the processor computes wrong; deploy the model anew"
        )
    # A score is at most what says that there is a bird: all else is looked at in few cells.
    rows, columns = np.nonzero(grid[0] >= least)
    cells = grid[:, rows, columns]
    kinds = cells[_PLACE:].argmax(axis=0)
    scores = (cells[0] * cells[_PLACE:].max(axis=0)).astype(np.float32)
    pixels = [[side / grid.shape[2]], [side / grid.shape[1]]]
    middles = (np.stack([columns, rows]) + cells[1:3]) * pixels
    halves = cells[3:5] * side / 2
    boxes = np.concatenate([middles - halves, middles + halves]).T.astype(np.float32)
    sure = np.flatnonzero(scores >= least)
    kept = sure[without_duplicates(boxes[sure], scores[sure], MOST_OVERLAP)]
    return boxes[kept], scores[kept], kinds[kept]


def split_by_threshold(
    detections: Sequence[Detection], thresholds: Mapping[str, float]
) -> tuple[list[Detection], list[Detection]]:
    """Part sure from unsure detections, by the threshold of their species or ``default``."""
    sure: list[Detection] = []
    unsure: list[Detection] = []
    for one in detections:
        threshold = thresholds.get(one.species, thresholds["default"])
        (sure if one.confidence >= threshold else unsure).append(one)
    return sure, unsure
