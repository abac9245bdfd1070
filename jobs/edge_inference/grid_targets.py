"""What a detector's grid ought to say of a picture. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_inference.mean_average_precision import Truth


def targets(truths: Sequence[Truth], species: int, *, side: int, cells: int) -> NDArray[np.float32]:
    """Lay truths on grids, (n, 5 + species, cells, cells), as ``detections.boxes_of`` reads them.

    The cell in which a bird's centre lies speaks of it. Of two in one cell it is the larger one.
    """
    grids = np.zeros((len(truths), 5 + species, cells, cells), np.float32)
    for grid, truth in zip(grids, truths, strict=True):
        sizes = truth.boxes[:, 2:] - truth.boxes[:, :2]
        for index in np.argsort(sizes.prod(axis=1), kind="stable"):
            centre = (truth.boxes[index, :2] + truth.boxes[index, 2:]) / 2 / side * cells
            column, row = np.clip(centre.astype(int), 0, cells - 1)
            grid[:, row, column] = 0
            grid[0, row, column] = 1
            grid[1:3, row, column] = centre - (column, row)
            grid[3:5, row, column] = sizes[index] / side
            grid[5 + truth.kinds[index], row, column] = 1
    return grids


def mirrored(grids: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the grids of the mirrored pictures, left for right."""
    turned = grids[..., ::-1].copy()
    turned[:, 1] = np.where(turned[:, 0] > 0, 1 - turned[:, 1], 0)
    return turned
