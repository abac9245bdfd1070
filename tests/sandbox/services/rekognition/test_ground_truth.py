"""Truth is read as documented, and anything else is no truth."""

import json

import pytest

from fixtures.faces import draw_frame
from fixtures.ground_truth import with_truth_jpeg, with_truth_png
from sandbox.services.rekognition.ground_truth import TOLD, read_truth

BOX = {"Left": 0.1, "Top": 0.1, "Width": 0.2, "Height": 0.2}
PLAIN = draw_frame(1, faces=0, size=(160, 120)).image


def told(**face):
    document = {"version": 1, "FaceDetails": [{"BoundingBox": BOX} | face]}
    return read_truth(with_truth_png(PLAIN, json.dumps(document).encode()))


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_everything_that_the_generator_writes_is_read_back(form):
    frame = draw_frame(1, faces=3, size=(320, 240), format=form)
    truth = read_truth(frame.image) or ()
    assert [*truth] == [person.face_detail() for person in frame.people]
    assert set(truth[0]) == {"BoundingBox", *TOLD}


def test_a_picture_without_a_truth_has_none():
    png = draw_frame(1, faces=1, size=(160, 120)).image
    jpeg = draw_frame(1, faces=1, size=(160, 120), format="jpeg").image
    for writer, image in ((with_truth_png, png), (with_truth_jpeg, jpeg)):
        stripped = image.replace(b"sandbox-ground-truth", b"something-different-")
        assert read_truth(stripped) is None
        assert read_truth(writer(stripped, b'{"version": 1, "FaceDetails": []}')) == ()


def test_what_pixels_tell_is_not_believed():
    (face,) = told(Confidence=1.0, Quality={"Brightness": 1.0, "Sharpness": 1.0})
    assert face == {"BoundingBox": BOX}


@pytest.mark.parametrize(
    "wrong",
    [
        {"BoundingBox": None},
        {"Gender": {"Value": "Robot", "Confidence": 50}},
        {"Gender": {"Value": "Male", "Confidence": 101}},
        {"Smile": {"Value": "yes", "Confidence": 50}},
        {"Emotions": [{"Type": "BORED", "Confidence": 50}]},
        {"AgeRange": {"Low": 3}},
        {"Pose": 7},
    ],
)
def test_a_truth_that_breaks_the_format_is_no_truth(wrong):
    assert told(Smile={"Value": True, "Confidence": 50}) is not None
    assert told(**wrong) is None


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b"7", b'{"version": 2, "FaceDetails": []}'])
def test_another_document_is_no_truth(document):
    assert read_truth(with_truth_png(PLAIN, document)) is None
