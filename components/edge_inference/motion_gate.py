"""Whether anything moved since the last frames: an empty feeder is not looked at twice."""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_inference.letterbox import Pixels

_SIZE = (64, 48)
_LEVEL = 18  # of 255: what sensors' noise, averaged over a cell, does not reach
_LEARNED = 0.1  # of each frame: clouds pass within some ten frames


class MotionGate:
    """Lets a frame through where the share of it that changed is at least ``least_share``.

    It learns what the empty view looks like from what it sees, light that changes included. With a
    share of 0 it lets everything through. A camera that was moved opens it once, and closes again.
    """

    def __init__(self, least_share: float) -> None:
        self._least = least_share
        self._background: NDArray[np.float32] | None = None

    def lets_through(self, frame: Pixels) -> bool:
        """Tell whether this frame is to be looked at; the first one is."""
        if not self._least:
            return True
        small = cv2.resize(frame, _SIZE, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
        if self._background is None:
            self._background = grey
            return True
        # The whole picture may be brighter than it was: a cloud that went is no bird that came.
        difference = grey - self._background
        moved = np.abs(difference - np.median(difference)) > _LEVEL
        self._background += _LEARNED * difference
        return bool(moved.mean() >= self._least)
