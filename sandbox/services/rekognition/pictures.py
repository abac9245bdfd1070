"""What Amazon Rekognition accepts as a picture, read from its bytes and not from its name."""

import struct
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

SMALLEST_SIDE = 80
LARGEST_SIDE = 10_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# A picture is decoded no larger than it needs to be for its smallest findable face.
_ENOUGH = 1280
_REDUCED = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8),
    (4, cv2.IMREAD_REDUCED_GRAYSCALE_4),
    (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
)


class NotAnImageError(ValueError):
    """The bytes are no complete JPEG or PNG file."""


class TooSmallError(ValueError):
    """A side has fewer pixels than the API accepts."""


class TooManyPixelsError(ValueError):
    """A side has more pixels than the API accepts."""


class Size(NamedTuple):
    """Width and height in pixels, as stored in the file."""

    width: int
    height: int


def decode(image: bytes) -> Grey:
    """Decode a picture to grey levels, upright as its EXIF orientation says.

    Raises `NotAnImageError`, `TooSmallError` or `TooManyPixelsError`.
    """
    size = read_size(image)
    if min(size) < SMALLEST_SIDE:
        raise TooSmallError(f"{size.width} x {size.height} pixels: a side needs {SMALLEST_SIDE}")
    if max(size) > LARGEST_SIDE:
        raise TooManyPixelsError(
            f"Input image dimensions {size.width} x {size.height} "
            f"exceed maximum dimension size of {LARGEST_SIDE} pixels"
        )
    flags = next(
        (flag for factor, flag in _REDUCED if max(size) / factor >= _ENOUGH),
        cv2.IMREAD_GRAYSCALE,
    )
    if is_png(image):
        flags |= cv2.IMREAD_IGNORE_ORIENTATION  # Rekognition reads EXIF in JPEG files only
    pixels = cv2.imdecode(np.frombuffer(image, np.uint8), flags)
    if pixels is None:
        raise NotAnImageError("the picture's data is damaged")
    return np.asarray(pixels, np.uint8)


def is_png(image: bytes) -> bool:
    """Say whether the bytes begin as a PNG file does."""
    return image.startswith(_PNG)


def read_size(image: bytes) -> Size:
    """Read the size that a JPEG or PNG file states; raises `NotAnImageError`."""
    try:
        if is_png(image):
            return _png_size(image)
        if image.startswith(_JPEG):
            return _jpeg_size(image)
    except (struct.error, IndexError):
        raise NotAnImageError("the file is cut short") from None
    raise NotAnImageError("the file is neither JPEG nor PNG")


def _png_size(image: bytes) -> Size:
    if image[12:16] != b"IHDR":
        raise NotAnImageError("the PNG file does not start with its header")
    # The decoder refuses a cut file too, but writes to stderr as it does.
    at = len(_PNG)
    while image[at + 4 : at + 8] != b"IEND":
        (length,) = struct.unpack_from(">I", image, at)
        at += 12 + length
    return Size(*struct.unpack_from(">II", image, 16))


def _jpeg_size(image: bytes) -> Size:
    size, at = None, 2
    while True:
        if image[at] != 0xFF:
            raise NotAnImageError("a JPEG segment is missing")
        marker = image[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", image, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", image, at + 5)
            size = Size(width, height)
        if marker == 0xDA:
            break
        at += 2 + length
    if size is None:
        raise NotAnImageError("the JPEG file states no size")
    return size
