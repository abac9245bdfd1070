"""Labelled pictures as a detector sees them: a channel's files, and its augmented manifest."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_inference.letterbox import Letterbox
from edge_inference.mean_average_precision import Truth

MANIFEST = "manifest.jsonl"


class DataSetError(ValueError):
    """Labelled pictures cannot be read; its text is meant for a person."""


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Pictures in squares, (n, side, side, 3), the truth about each, and their hash."""

    squares: NDArray[np.uint8]
    truths: Sequence[Truth]
    species: tuple[str, ...]
    sha256: str


def read_image_set(folder: Path, side: int) -> ImageSet:
    """Read a channel. Raises DataSetError with the line that is wrong.

    Each line of its manifest names a picture, whose file has the reference's last part as its name,
    and has one attribute with ``annotations``, as Ground Truth writes boxes.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise DataSetError(
            f"{folder.name} has no {MANIFEST}; it is one line of JSON for each picture"
        )
    digest = hashlib.sha256()
    squares, truths = [], []
    names: dict[int, str] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        where = f"{folder.name}/{MANIFEST}, line {number}"
        try:
            told = json.loads(line)
            encoded = (folder / str(told["source-ref"]).rpartition("/")[2]).read_bytes()
            annotations, class_map = _labels(told)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataSetError(f"{where}: {error!r}") from error
        names |= class_map
        picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise DataSetError(f"{where}: {told['source-ref']} is no picture")
        digest.update(hashlib.sha256(encoded).digest() + json.dumps(annotations).encode())
        letterbox = Letterbox.fitted(picture.shape[1], picture.shape[0], side)
        squares.append(letterbox.put(np.asarray(picture, np.uint8)))
        truths.append(_truth(annotations, letterbox))
    if not squares:
        raise DataSetError(f"{folder.name}/{MANIFEST} has no line")
    species = tuple(names[key] for key in sorted(names))
    if sorted(names) != list(range(len(names))) or any(
        (t.kinds >= len(names)).any() for t in truths
    ):
        raise DataSetError(f"{folder.name}: its class-map has {sorted(names)}; it counts from 0 on")
    return ImageSet(np.stack(squares), truths, species, digest.hexdigest())


def _labels(told: Mapping[str, Any]) -> tuple[list[dict[str, int]], dict[int, str]]:
    (name,) = [
        key for key, value in told.items() if isinstance(value, dict) and "annotations" in value
    ]
    kept = ("class_id", "left", "top", "width", "height")
    annotations = [{key: int(one[key]) for key in kept} for one in told[name]["annotations"]]
    class_map = told[f"{name}-metadata"]["class-map"]
    return annotations, {int(key): str(value) for key, value in class_map.items()}


def _truth(annotations: Sequence[Mapping[str, int]], letterbox: Letterbox) -> Truth:
    boxes = [
        (one["left"], one["top"], one["left"] + one["width"], one["top"] + one["height"])
        for one in annotations
    ]
    placed = letterbox.into_square(np.array(boxes, np.float32).reshape(-1, 4))
    return Truth(placed, np.array([one["class_id"] for one in annotations], np.intp))
