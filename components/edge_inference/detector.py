"""Birds of a frame, by a session that somebody else loaded."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_inference.detections import Detection, boxes_of
from edge_inference.letterbox import Letterbox, Pixels
from edge_inference.model_file import Model

# Takes (1, 3, side, side) of 0 to 255, gives (1, 5 + species, rows, columns).
Session = Callable[[NDArray[np.float32]], Any]


class Detector:
    """Finds birds: frame in, detections out, in pixels of the frame."""

    def __init__(self, model: Model, session: Session, *, least: float) -> None:
        self.model, self._session, self._least = model, session, least
        self._fitted = lru_cache(maxsize=8)(Letterbox.fitted)

    def look(self, frame: Pixels) -> list[Detection]:
        """Find birds of at least the least confidence, the surest first.

        Raises BadOutputError where the session gives what no detector gives.
        """
        height, width = frame.shape[:2]
        letterbox = self._fitted(width, height, self.model.side)
        output = self._session(batch_of(letterbox.put(frame)))
        boxes, scores, kinds = boxes_of(output, self.model.species, self.model.side, self._least)
        placed = letterbox.into_frame(boxes).tolist()
        return [
            Detection(self.model.species[kind], float(score), (box[0], box[1], box[2], box[3]))
            for kind, score, box in zip(kinds, scores, placed, strict=True)
        ]


def batch_of(square: Pixels) -> NDArray[np.float32]:
    """Lay a square out as the model takes it: one picture, channels first, in native byte order."""
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None], np.float32)
