"""Amazon Rekognition's DetectFaces: real detection, honest about every attribute it cannot know."""

import base64
import binascii
import os
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core import emulator
from sandbox.core.emulator import ServiceError
from sandbox.core.quotas import Quota, read_rate
from sandbox.core.upstream import responses
from sandbox.services.rekognition.analysis import Analysis, Analyst
from sandbox.services.rekognition.pictures import NotAnImageError, TooManyPixelsError, TooSmallError
from sandbox.services.rekognition.quota import default_rate
from sandbox.services.s3 import reading

LARGEST_BYTES = 5_242_880
LARGEST_OBJECT = 15 * 1024 * 1024
ALWAYS = ("BoundingBox", "Confidence", "Pose", "Quality", "Landmarks")
MEMBERS = {
    "AGE_RANGE": "AgeRange",
    "BEARD": "Beard",
    "EMOTIONS": "Emotions",
    "EYE_DIRECTION": "EyeDirection",
    "EYEGLASSES": "Eyeglasses",
    "EYES_OPEN": "EyesOpen",
    "GENDER": "Gender",
    "MOUTH_OPEN": "MouthOpen",
    "MUSTACHE": "Mustache",
    "FACE_OCCLUDED": "FaceOccluded",
    "SMILE": "Smile",
    "SUNGLASSES": "Sunglasses",
}
_ENUM = ("DEFAULT", "ALL", *MEMBERS)
RATE = "SANDBOX_REKOGNITION_TPS"
_INVALID = "Request has invalid parameters"
_LANDMARKS = "SANDBOX_REKOGNITION_LANDMARKS"


def install() -> None:
    """Put Rekognition in front of the emulator's callers.

    Of the environment: ``SANDBOX_REKOGNITION_TPS`` replaces the Region's quota, and
    ``SANDBOX_REKOGNITION_LANDMARKS=1`` looks for eyes too, which costs some milliseconds a face.
    """
    rate = read_rate(os.environ, RATE)
    analyst = Analyst(landmarks=os.environ.get(_LANDMARKS) == "1")
    quota = Quota()

    def detect_faces(request: dict[str, Any]) -> Mapping[str, Any]:
        members = wanted_members(request.get("Attributes") or ["DEFAULT"])
        region = responses.get_region()
        if not quota.take((responses.get_account_id(), region), rate or default_rate(region)):
            raise ServiceError(
                "ProvisionedThroughputExceededException", "Provisioned rate exceeded"
            )
        analysis = _look(analyst, read_image(request.get("Image")))
        _say_where_from(analysis, members)
        faces = [{k: v for k, v in face.items() if k in members} for face in analysis.faces]
        return {"FaceDetails": faces}

    def reset() -> None:
        quota.reset()
        analyst.forget()

    emulator.add_service(
        "rekognition",
        {"DetectFaces": detect_faces},
        target_prefix="RekognitionService",
        reset=reset,
    )


def wanted_members(attributes: Sequence[str]) -> frozenset[str]:
    """Name the members of a FaceDetail that a request asks for."""
    if not set(attributes) <= set(_ENUM):
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '[{', '.join(map(str, attributes))}]' at "
            "'attributes' failed to satisfy constraint: Member must satisfy constraint: "
            f"[Member must satisfy enum value set: [{', '.join(sorted(_ENUM))}]]",
        )
    if "ALL" in attributes:
        return frozenset((*ALWAYS, *MEMBERS.values()))
    return frozenset(ALWAYS) | {MEMBERS[name] for name in attributes if name in MEMBERS}


def read_image(image: Any) -> bytes:
    """Get the picture's bytes out of a request, or from S3 as the caller."""
    if image is None:
        raise ServiceError(
            "ValidationException",
            "1 validation error detected: Value null at 'image' failed to satisfy constraint: "
            "Member must not be null",
        )
    match image:
        case {"Bytes": str(text), **rest} if not rest.get("S3Object"):
            return _inline(text)
        case {"S3Object": {"Bucket": str(bucket), "Name": str(name), **rest}} if (
            "Bytes" not in image
        ):
            return _stored(bucket, name, rest.get("Version"))
        case _:
            raise ServiceError("InvalidParameterException", _INVALID)


def _inline(text: str) -> bytes:
    try:
        image = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ServiceError(
            "SerializationException", f"Image.Bytes is not base64: {error}"
        ) from error
    if 0 < len(image) <= LARGEST_BYTES:
        return image
    limit = "greater than or equal to 1" if not image else f"less than or equal to {LARGEST_BYTES}"
    raise ServiceError(
        "ValidationException",
        f"1 validation error detected: Value '({len(image)} bytes)' at 'image.bytes' failed to "
        f"satisfy constraint: Member must have length {limit}",
    )


def _stored(bucket: str, name: str, version: Any) -> bytes:
    try:
        image = reading.read_object(bucket, name, version)
    except ServiceError as error:
        # AWS tells neither which of the reasons it was: missing, another Region, not allowed.
        raise ServiceError(
            "InvalidS3ObjectException",
            "Unable to get object metadata from S3. "
            "Check object key, region and/or access permissions.",
        ) from error
    if len(image) > LARGEST_OBJECT:
        raise ServiceError("ImageTooLargeException", "Image size is too large")
    return image


def _look(analyst: Analyst, image: bytes) -> Analysis:
    try:
        return analyst.look(image)
    except NotAnImageError as error:
        raise ServiceError(
            "InvalidImageFormatException", "Request has invalid image format"
        ) from error
    except TooSmallError as error:
        raise ServiceError("InvalidParameterException", _INVALID) from error
    except TooManyPixelsError as error:
        raise ServiceError("ImageTooLargeException", str(error)) from error


def _say_where_from(analysis: Analysis, members: frozenset[str]) -> None:
    """Tell a caller who reads headers which members say nothing about the picture."""
    if analysis.drawn:
        emulator.reply_header("x-sandbox-source", "drawn")
    if made_up := sorted(analysis.made_up & members):
        emulator.reply_header("x-sandbox-synthetic", ",".join(made_up))
