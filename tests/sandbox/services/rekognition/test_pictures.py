"""Which bytes are a picture, whatever their name says."""

import struct

import cv2
import numpy as np
import pytest

from fixtures.bad_files import bad_files
from fixtures.faces import draw_frame
from sandbox.services.rekognition.pictures import (
    NotAnImageError,
    TooManyPixelsError,
    TooSmallError,
    decode,
    read_size,
)

REASONS = {
    "not_an_image": NotAnImageError,
    "empty": NotAnImageError,
    "invalid_image": TooSmallError,
}
BAD = [file for file in bad_files() if file.reason in REASONS]


def with_orientation(jpeg, orientation):
    tiff = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + bytes(4)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.name)
def test_a_bad_file_is_refused_for_its_reason(file):
    with pytest.raises(REASONS[file.reason]):
        decode(file.content)


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_a_file_cut_anywhere_is_no_picture(form):
    image = draw_frame(1, faces=1, size=(320, 240), format=form).image
    for length in [*range(40), *range(40, len(image) - 2, 997), len(image) - 3]:
        with pytest.raises(NotAnImageError):
            decode(image[:length])


def test_80_pixels_are_enough():
    small = cv2.imencode(".png", np.zeros((80, 80), np.uint8))[1].tobytes()
    assert decode(small).shape == (80, 80)


def test_more_than_ten_thousand_pixels_on_a_side_are_refused_before_decoding():
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 10_001, 90) + bytes(9)
    with pytest.raises(
        TooManyPixelsError, match="10001 x 90 exceed maximum dimension size of 10000"
    ):
        decode(header + bytes(4) + b"IEND\xae\x42\x60\x82")


def test_a_damaged_picture_is_refused():
    image = bytearray(draw_frame(1, faces=1, size=(320, 240)).image)
    at = image.index(b"IDAT") + 4
    image[at : at + 64] = bytes(64)
    with pytest.raises(NotAnImageError, match="damaged"):
        decode(bytes(image))


def test_a_jpeg_is_turned_upright_as_its_exif_data_says():
    upright = draw_frame(1, faces=2, size=(320, 240), format="jpeg").image
    turned = np.rot90(decode(upright))
    sideways = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    assert decode(sideways).shape == (320, 240)
    righted = decode(with_orientation(sideways, 6))
    assert righted.shape == (240, 320)
    assert np.abs(righted.astype(int) - decode(upright)).mean() < 3


def test_a_huge_picture_is_decoded_smaller():
    image = cv2.imencode(".jpg", np.zeros((2400, 3200), np.uint8))[1].tobytes()
    assert read_size(image) == (3200, 2400)
    assert decode(image).shape == (1200, 1600)
