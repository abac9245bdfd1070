"""Real face detection: OpenCV's Haar cascade, which comes inside its wheel."""

import math
import threading
from pathlib import Path
from typing import NamedTuple

import cv2

from sandbox.services.rekognition.pictures import Grey

# The emulator and its engines share few cores: one call, one thread.
cv2.setNumThreads(1)

_CASCADES = Path(cv2.__file__).parent / "data"
MOST_FACES = 100
_SCALE_FACTOR = 1.2
_NEIGHBOURS = 1
# The smallest window, in pixels, that still finds faces well; a window is 1.35 times as wide as its
# face. A large picture is first made smaller, which costs its smallest faces and saves half the
# time. Beyond that the rule is that of AWS: 40 pixels of face in a picture 1920 pixels wide.
_LARGE = 480
_SMALLEST_WINDOW, _SMALLEST_WINDOW_WHEN_LARGE = 30, 40
_WINDOW_SHARE = 40 * 1.35 / 1920
_SEARCHED_AT = 24
# A window holds the face and some of its surroundings. These shares of it were measured on faces
# whose true boxes are known.
_FACE_WIDTH, _FACE_TOP, _FACE_HEIGHT = 0.74, 0.035, 0.94
# Weights of the last stage run from about 54 (a chance pattern) to 58 (a textbook face).
_WEIGHT_FLOOR, _WEIGHT_SLOPE = 54.0, 1.6

_local = threading.local()


class Box(NamedTuple):
    """A rectangle in shares of the picture."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """The share of the picture that it covers."""
        return self.width * self.height

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0 to 1."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        tall = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        shared = max(0.0, wide) * max(0.0, tall)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def middle_in(self, other: "Box") -> bool:
        """Say whether its middle lies within the other."""
        x, y = self.left + self.width / 2, self.top + self.height / 2
        return (
            other.left <= x <= other.left + other.width
            and other.top <= y <= other.top + other.height
        )


class Detection(NamedTuple):
    """One face: where it is, and how sure the detector is (50 to 100)."""

    box: Box
    confidence: float


def detect(picture: Grey) -> list[Detection]:
    """Find up to 100 faces, the largest first."""
    height, width = picture.shape
    longest = max(height, width)
    large = longest >= _LARGE
    window = _SMALLEST_WINDOW_WHEN_LARGE if large else _SMALLEST_WINDOW
    window = max(window, round(_WINDOW_SHARE * longest))
    shrink = window / _SEARCHED_AT if large else 1.0
    searched = picture
    if shrink > 1:
        size = (round(width / shrink), round(height / shrink))
        searched = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype("uint8")
    smallest = round(window / shrink)
    cascade = _cascade("haarcascade_frontalface_alt2.xml")
    windows, _, weights = cascade.detectMultiScale3(
        searched,
        _SCALE_FACTOR,
        _NEIGHBOURS,
        minSize=(smallest, smallest),
        outputRejectLevels=True,
    )
    found = [
        Detection(_face_box(x, y, side, searched.shape), confidence_of(float(weight)))
        for (x, y, side, _), weight in zip(windows, weights, strict=True)
    ]
    return sorted(_apart(found), key=lambda face: -face.box.area)[:MOST_FACES]


def confidence_of(weight: float) -> float:
    """Map the weight of the cascade's last stage to between 50 and 100."""
    return 100 - 50 * math.exp(-_WEIGHT_SLOPE * max(0.0, weight - _WEIGHT_FLOOR))


def find_eyes(face: Grey) -> list[tuple[float, float]]:
    """Find the middles of both eyes in a picture of one face, as shares of it; empty if not seen.

    The eye on the left of the picture comes first.
    """
    height, width = face.shape
    upper = face[: round(height * 0.6)]
    places = _cascade("haarcascade_eye.xml").detectMultiScale(
        upper, 1.1, 3, minSize=(width // 6, width // 6)
    )
    middles = [((x + w / 2) / width, (y + h / 2) / height) for x, y, w, h in places]
    left = [eye for eye in middles if eye[0] < 0.45]
    right = [eye for eye in middles if eye[0] > 0.55]
    return [left[0], right[0]] if left and right else []


def _apart(found: list[Detection]) -> list[Detection]:
    """Keep the surest of detections of which one's middle lies within the other."""
    kept: list[Detection] = []
    for face in sorted(found, key=lambda face: -face.confidence):
        if not any(
            face.box.middle_in(other.box) or other.box.middle_in(face.box) for other in kept
        ):
            kept.append(face)
    return kept


def _face_box(x: float, y: float, side: float, shape: tuple[int, ...]) -> Box:
    high, wide = shape
    left = float(x + side * (1 - _FACE_WIDTH) / 2)
    top = float(y + side * _FACE_TOP)
    return Box(
        left / wide, top / high, float(side * _FACE_WIDTH) / wide, float(side * _FACE_HEIGHT) / high
    )


def _cascade(name: str) -> cv2.CascadeClassifier:
    """Load a cascade once per thread: it keeps state while it searches."""
    cascades: dict[str, cv2.CascadeClassifier] = _local.__dict__.setdefault("cascades", {})
    if name not in cascades:
        cascades[name] = cv2.CascadeClassifier(str(_CASCADES / name))
    return cascades[name]
