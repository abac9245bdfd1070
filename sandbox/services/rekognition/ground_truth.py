"""Truth that a generator wrote into its own picture: where each face is, and what it shows."""

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.services.rekognition.pictures import is_png

KEYWORD = b"sandbox-ground-truth"
FLAGS = (
    "Smile", "Eyeglasses", "Sunglasses", "Beard", "Mustache", "EyesOpen", "MouthOpen",
    "FaceOccluded",
)  # fmt: skip
EMOTIONS = ("HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "FEAR")
TOLD = ("AgeRange", "Gender", "Emotions", *FLAGS, "EyeDirection", "Pose")

Face = Mapping[str, Any]


def read_truth(image: bytes) -> tuple[Face, ...] | None:
    """Read the faces that were drawn, None when the picture does not say.

    A picture file may carry one JSON document in ASCII:

    * PNG: a ``tEXt`` chunk with the keyword ``sandbox-ground-truth``;
    * JPEG: a ``COM`` segment that starts with ``sandbox-ground-truth`` and a zero byte.

    It is ``{"version": 1, "FaceDetails": [...]}``. Each entry has the members of a FaceDetail of
    Amazon Rekognition's DetectFaces: ``BoundingBox`` (required; shares of the upright picture) and
    any of `TOLD`. What pixels can tell (Confidence, Quality, Landmarks) is ignored here. A document
    that does not keep to this is treated as absent.
    """
    prefix = KEYWORD + b"\0"
    comments = _png_texts(image) if is_png(image) else _jpeg_comments(image)
    for comment in comments:
        if comment.startswith(prefix):
            return _parse(comment[len(prefix) :])
    return None


def _parse(document: bytes) -> tuple[Face, ...] | None:
    try:
        truth = json.loads(document)
        if truth["version"] != 1:
            return None
        return tuple(_face(face) for face in truth["FaceDetails"])
    except (ValueError, KeyError, TypeError):
        return None


def _face(told: Mapping[str, Any]) -> Face:
    box = {side: float(told["BoundingBox"][side]) for side in ("Width", "Height", "Left", "Top")}
    face: dict[str, Any] = {"BoundingBox": box}
    for name in TOLD:
        if name in told:
            face[name] = _READERS[name](told[name])
    return face


def _percent(value: Any) -> float:
    number = float(value)
    if not 0 <= number <= 100:
        raise ValueError(f"{number} is not a confidence: use 0 to 100")
    return number


def _age(value: Any) -> Face:
    return {"Low": int(value["Low"]), "High": int(value["High"])}


def _gender(value: Any) -> Face:
    if value["Value"] not in ("Male", "Female"):
        raise ValueError(f"{value['Value']!r} is not a gender that the API has")
    return {"Value": value["Value"], "Confidence": _percent(value["Confidence"])}


def _emotions(value: Any) -> list[Face]:
    if not {one["Type"] for one in value} <= {*EMOTIONS, "UNKNOWN"}:
        raise ValueError("an emotion is not one that the API has")
    return [{"Type": one["Type"], "Confidence": _percent(one["Confidence"])} for one in value]


def _flag(value: Any) -> Face:
    if not isinstance(value["Value"], bool):
        raise TypeError(f"{value['Value']!r} is not true or false")
    return {"Value": value["Value"], "Confidence": _percent(value["Confidence"])}


def _pose(value: Any) -> Face:
    return {angle: float(value[angle]) for angle in ("Roll", "Yaw", "Pitch")}


def _eye_direction(value: Any) -> Face:
    return {
        "Yaw": float(value["Yaw"]),
        "Pitch": float(value["Pitch"]),
        "Confidence": _percent(value["Confidence"]),
    }


_READERS = {
    "AgeRange": _age,
    "Gender": _gender,
    "Emotions": _emotions,
    "EyeDirection": _eye_direction,
    "Pose": _pose,
} | dict.fromkeys(FLAGS, _flag)


def _png_texts(image: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(image):
        length, kind = struct.unpack_from(">I4s", image, at)
        if kind == b"tEXt":
            yield image[at + 8 : at + 8 + length]
        at += 12 + length


def _jpeg_comments(image: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(image) and image[at] == 0xFF and image[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", image, at + 2)
        if image[at + 1] == 0xFE:
            yield image[at + 4 : at + 2 + length]
        at += 2 + length
