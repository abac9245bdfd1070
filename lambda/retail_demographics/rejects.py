"""Which frames can never work, and why: these are set aside with a reason and not tried again."""

import re
from dataclasses import dataclass
from enum import StrEnum

from retail_demographics.frames import MAX_STORE_BYTES, Frame

# Rekognition's limit for a picture in S3. Written in binary: what lies between 15 MB and 15 MiB
# is left for Rekognition to judge. https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MAX_IMAGE_BYTES = 15 * 1024 * 1024
MAX_DETAIL_CHARACTERS = 200

# Rekognition has no error of its own for a picture that is too small, and mostly does not even
# say so: "Request has invalid parameters" (https://github.com/boto/botocore/issues/1366).
_ABOUT_PIXELS = re.compile(r"pixel|dimension|too small|minimum (?:height|width)", re.IGNORECASE)
_OFTEN_TOO_SMALL = " (often: a side of less than 80 pixels)"


class Reason(StrEnum):
    """Why a frame can never work."""

    UNEXPECTED_KEY = "unexpected_key"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_AN_IMAGE = "not_an_image"
    TOO_SMALL = "too_small"
    INVALID_IMAGE = "invalid_image"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Reject:
    """A frame that can never work. ``detail`` is for a person: one short line."""

    frame: Frame
    reason: Reason
    detail: str


def reject_on_arrival(frame: Frame) -> Reject | None:
    """Reject a frame for what S3 says about it, before a call is spent on it."""
    if frame.place is None:
        expected = f"want <store>/<camera>/<name> with a store of at most {MAX_STORE_BYTES} bytes"
        return Reject(frame, Reason.UNEXPECTED_KEY, expected)
    if frame.size_bytes == 0:
        return Reject(frame, Reason.EMPTY, "the object has no bytes")
    if frame.size_bytes > MAX_IMAGE_BYTES:
        return Reject(frame, Reason.TOO_LARGE, f"want at most {MAX_IMAGE_BYTES} bytes")
    return None


def reject_on_error(frame: Frame, code: str, message: str) -> Reject | None:
    """Reject a frame for Rekognition's answer; None when the answer may change with time."""
    reason = _reason(code, message)
    if reason is None:
        return None
    hint = _OFTEN_TOO_SMALL if reason is Reason.INVALID_IMAGE else ""
    return Reject(frame, reason, shortened(message) + hint)


def reject_gone(frame: Frame) -> Reject:
    """Reject a frame that was deleted by somebody else before it could be analysed."""
    return Reject(frame, Reason.GONE, "this version of the object is no longer in the bucket")


def _reason(code: str, message: str) -> Reason | None:
    match code:
        case "ImageTooLargeException":
            return Reason.TOO_LARGE
        case "InvalidImageFormatException":
            return Reason.NOT_AN_IMAGE
        case "InvalidParameterException":
            return Reason.TOO_SMALL if _ABOUT_PIXELS.search(message) else Reason.INVALID_IMAGE
    return None


def shortened(message: str) -> str:
    """Cut a message to what a cell or a log line can take."""
    if len(message) <= MAX_DETAIL_CHARACTERS:
        return message
    return f"{message[: MAX_DETAIL_CHARACTERS - 3]}..."
