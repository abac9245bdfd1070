"""A face's attributes: measured where pixels can tell, else told by the truth, else made up."""

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import cv2

from sandbox.services.rekognition.detector import Box, Detection
from sandbox.services.rekognition.ground_truth import EMOTIONS, FLAGS, TOLD, Face
from sandbox.services.rekognition.pictures import Grey

# Nothing is known of a made-up attribute: it is always exactly as likely as not.
UNKNOWN = 50.0
SAME_FACE = 0.3
_SHARP = 900.0


def match(found: Sequence[Detection], truth: Sequence[Face]) -> list[Face | None]:
    """Find for each detected face the drawn face that it is, each at most once."""
    pairs = sorted(
        (
            (face.box.overlap(box_of(told)), i, j)
            for i, face in enumerate(found)
            for j, told in enumerate(truth)
        ),
        reverse=True,
    )
    matched: list[Face | None] = [None] * len(found)
    used: set[int] = set()
    for overlap, i, j in pairs:
        if overlap >= SAME_FACE and matched[i] is None and j not in used:
            matched[i] = truth[j]
            used.add(j)
    return matched


def box_of(face: Face) -> Box:
    """Read the box of a FaceDetail."""
    box = face["BoundingBox"]
    return Box(box["Left"], box["Top"], box["Width"], box["Height"])


def crop(picture: Grey, box: Box) -> Grey:
    """Cut a face out of its picture; never empty."""
    height, width = picture.shape
    left, top = max(0, round(box.left * width)), max(0, round(box.top * height))
    right = max(left + 1, round((box.left + box.width) * width))
    bottom = max(top + 1, round((box.top + box.height) * height))
    return picture[top:bottom, left:right]


def measure_quality(face: Grey) -> dict[str, float]:
    """Measure brightness and sharpness, 0 to 100, from the pixels of a face."""
    edges = float(cv2.Laplacian(face, cv2.CV_64F).var())
    return {
        "Brightness": float(face.mean()) / 2.55,
        "Sharpness": 100 * (1 - math.exp(-edges / _SHARP)),
    }


def make_up(face: Grey) -> dict[str, Any]:
    """Invent every attribute that no engine here can know, from the hash of the pixels.

    The pixels are not looked at, only hashed: the same crop gives the same answer, which says
    nothing about the person, and every confidence is `UNKNOWN`.
    """
    digest = hashlib.sha256(face.tobytes()).digest()
    low = digest[0] % 60
    emotions = sorted(EMOTIONS, key=lambda name: digest[8 + EMOTIONS.index(name)])
    made_up: dict[str, Any] = {
        "AgeRange": {"Low": low, "High": low + 8 + digest[1] % 8},
        "Gender": {"Value": ("Female", "Male")[digest[2] % 2], "Confidence": UNKNOWN},
        "Emotions": [{"Type": name, "Confidence": UNKNOWN} for name in emotions],
        "EyeDirection": {"Yaw": 0.0, "Pitch": 0.0, "Confidence": UNKNOWN},
        "Pose": {"Roll": 0.0, "Yaw": 0.0, "Pitch": 0.0},
    }
    for i, name in enumerate(FLAGS):
        made_up[name] = {"Value": digest[16 + i] % 2 == 1, "Confidence": UNKNOWN}
    return made_up


def complete(face: Grey, told: Face | None) -> tuple[dict[str, Any], frozenset[str]]:
    """Give all attributes of a face, and the names of those that were made up."""
    known = {name: told[name] for name in TOLD if name in told} if told else {}
    return make_up(face) | known, frozenset(TOLD) - known.keys()
