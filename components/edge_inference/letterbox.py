"""A frame of any shape in the square that a detector takes, and back again."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_inference.boxes import Boxes

Pixels = NDArray[np.uint8]  # (height, width, 3): blue, green, red
GREY = 114  # of the bars: about what a normalized picture has on average


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where a frame of ``width`` by ``height`` lies in a square of ``side``, its shape kept."""

    width: int
    height: int
    side: int
    inner_width: int
    inner_height: int
    left: int
    top: int

    @classmethod
    def fitted(cls, width: int, height: int, side: int) -> Self:
        """Fit a frame into the middle of a square. Raises ValueError for a frame without pixels."""
        if min(width, height, side) < 1:
            raise ValueError(f"a frame of {width} by {height} does not fit a square of {side}")
        scale = side / max(width, height)
        inner_width = min(side, max(1, round(width * scale)))
        inner_height = min(side, max(1, round(height * scale)))
        left, top = (side - inner_width) // 2, (side - inner_height) // 2
        return cls(width, height, side, inner_width, inner_height, left, top)

    def put(self, frame: Pixels) -> Pixels:
        """Shrink a frame into the square, (side, side, 3); its bars are grey."""
        inner = cv2.resize(
            frame, (self.inner_width, self.inner_height), interpolation=cv2.INTER_LINEAR
        )
        if (self.inner_width, self.inner_height) == (self.side, self.side):
            return np.asarray(inner, np.uint8)
        square = np.full((self.side, self.side, 3), GREY, np.uint8)
        bottom, right = self.top + self.inner_height, self.left + self.inner_width
        square[self.top : bottom, self.left : right] = inner
        return square

    def into_square(self, boxes: Boxes) -> Boxes:
        """Move boxes from the frame into the square."""
        return np.asarray(boxes * self._scale() + self._offset(), np.float32)

    def into_frame(self, boxes: Boxes) -> Boxes:
        """Move boxes from the square into the frame, and cut off what is outside of it."""
        moved = (boxes - self._offset()) / self._scale()
        edges = np.array([self.width, self.height] * 2, np.float64)
        return np.asarray(np.clip(moved, 0, edges), np.float32)

    def _scale(self) -> NDArray[np.float64]:
        return np.array([self.inner_width / self.width, self.inner_height / self.height] * 2)

    def _offset(self) -> NDArray[np.float64]:
        return np.array([self.left, self.top] * 2, np.float64)
