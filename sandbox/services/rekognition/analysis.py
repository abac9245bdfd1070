"""One picture in, its faces with all their attributes out; the same bytes are looked at once."""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sandbox.services.rekognition.attributes import complete, crop, match, measure_quality
from sandbox.services.rekognition.detector import Box, Detection, detect, find_eyes
from sandbox.services.rekognition.ground_truth import Face, read_truth
from sandbox.services.rekognition.pictures import Grey, decode

_MOST_REMEMBERED = 4096


@dataclass(frozen=True)
class Analysis:
    """The faces of a picture as FaceDetails, the largest first, and where the answers are from."""

    faces: tuple[Mapping[str, Any], ...]
    made_up: frozenset[str]
    drawn: bool


def analyze(image: bytes, *, landmarks: bool = False) -> Analysis:
    """Detect and describe the faces; raises what `decode` raises."""
    picture = decode(image)
    truth = read_truth(image)
    found = detect(picture)
    told = match(found, truth or ())
    faces, made_up = [], frozenset[str]()
    for detection, known in zip(found, told, strict=True):
        face, guessed = _describe(picture, detection, known, landmarks=landmarks)
        faces.append(face)
        made_up |= guessed
    drawn = truth is not None and (not found or any(told))
    return Analysis(tuple(faces), made_up, drawn)


class Analyst:
    """Analyse pictures in a few threads, and remember the answers to the latest ones."""

    def __init__(self, *, landmarks: bool = False, threads: int | None = None) -> None:
        self._landmarks = landmarks
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, "faces")
        self._answers: OrderedDict[bytes, Future[Analysis]] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, image: bytes) -> Analysis:
        """Analyse a picture, or recall what was found when the same bytes came before."""
        key = hashlib.sha256(image).digest()
        with self._lock:
            answer = self._answers.get(key)
            if answer is None:
                answer = self._pool.submit(analyze, image, landmarks=self._landmarks)
                self._answers[key] = answer
                if len(self._answers) > _MOST_REMEMBERED:
                    self._answers.popitem(last=False)
            else:
                self._answers.move_to_end(key)
        return answer.result()

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()


def _describe(
    picture: Grey, detection: Detection, known: Face | None, *, landmarks: bool
) -> tuple[dict[str, Any], frozenset[str]]:
    box = detection.box
    pixels = crop(picture, box)
    attributes, made_up = complete(pixels, known)
    face = {
        "BoundingBox": {
            "Width": box.width, "Height": box.height, "Left": box.left, "Top": box.top,
        },
        "Confidence": detection.confidence,
        "Quality": measure_quality(pixels),
        **attributes,
    }  # fmt: skip
    if landmarks:
        face["Landmarks"] = _eye_landmarks(box, find_eyes(pixels))
    return face, made_up


def _eye_landmarks(box: Box, eyes: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    return [
        {"Type": name, "X": box.left + x * box.width, "Y": box.top + y * box.height}
        for name, (x, y) in zip(("eyeLeft", "eyeRight"), eyes, strict=False)
    ]
