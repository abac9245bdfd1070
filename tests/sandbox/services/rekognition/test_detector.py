"""How well the bundled detector sees what we draw; a change of either side shows here."""

import cv2
import numpy as np
import pytest

from fixtures.faces import draw_frame
from fixtures.people import Person
from fixtures.scenes import CAMERAS
from sandbox.services.rekognition.attributes import box_of, crop, match
from sandbox.services.rekognition.detector import confidence_of, detect, find_eyes
from sandbox.services.rekognition.pictures import decode

SMALL = (320, 240)


def seen(frame):
    found = detect(decode(frame.image))
    return found, [person.face_detail() for person in frame.people]


def test_it_finds_98_of_100_drawn_faces_and_hardly_anything_else():
    drawn = found = chance = 0
    overlaps = []
    for seed in range(100):
        camera = list(CAMERAS)[seed % 4]
        detections, truth = seen(draw_frame(5000 + seed, faces=seed % 7, size=SMALL, camera=camera))
        matched = match(detections, truth)
        drawn += len(truth)
        found += sum(face is not None for face in matched)
        chance += sum(face is None for face in matched)
        overlaps += [
            one.box.overlap(box_of(face))
            for one, face in zip(detections, matched, strict=True)
            if face
        ]
    assert drawn >= 290
    assert found / drawn >= 0.98
    assert chance <= 3
    assert np.mean(overlaps) > 0.75


@pytest.mark.parametrize("skin", range(8))
def test_no_skin_tone_is_overlooked(skin):
    people = [Person(skin=skin, hair=hair, gender=gender)
              for hair in ("bob", "crop", "long") for gender in ("Female", "Male")]  # fmt: skip
    frames = [draw_frame(seed, faces=people[:3], size=SMALL) for seed in range(3)]
    frames += [draw_frame(seed, faces=people[3:], size=SMALL) for seed in range(3)]
    found = [face for frame in frames for face in match(*seen(frame)) if face]
    assert len(found) >= 17


def test_an_empty_shop_has_no_faces():
    frames = [
        draw_frame(0, faces=0, camera=camera, look=look, light=light, size=size)
        for camera in CAMERAS
        for look in range(3)
        for light, size in (
            (0.75, SMALL),
            (0.9, SMALL),
            (1.0, SMALL),
            (1.15, SMALL),
            (1.0, (640, 480)),
        )
    ]
    assert len(frames) == 60
    assert [len(detect(decode(frame.image))) for frame in frames] == [0] * 60


def test_faces_come_largest_first_with_confidences_between_50_and_100():
    found, _ = seen(draw_frame(3, faces=6))
    areas = [face.box.area for face in found]
    assert areas == sorted(areas, reverse=True)
    assert len(found) >= 5
    assert all(80 < face.confidence < 100 for face in found)
    assert confidence_of(0.0) == 50
    assert confidence_of(55.0) < confidence_of(57.0) < 100


def test_a_large_picture_is_searched_for_faces_as_large_in_proportion():
    frame = draw_frame(9, faces=2, size=(1600, 1200))
    found, truth = seen(frame)
    assert all(match(found, truth))
    assert len(found) == 2


def test_a_crowd_is_cut_at_the_100_largest_faces():
    frame = draw_frame(5, faces=1, size=SMALL)
    (face,) = detect(decode(frame.image))
    left, top = round((face.box.left - 0.08) * 320), round((face.box.top - 0.12) * 240)
    portrait = decode(frame.image)[top : top + 110, left : left + 110]
    assert min(portrait.shape) == 110
    assert len(detect(np.tile(portrait, (9, 12)))) == 100


def test_eyes_are_found_where_they_are_drawn():
    pairs = []
    for seed in range(12):
        frame = draw_frame(seed, faces=1, size=(640, 480))
        picture = decode(frame.image)
        pairs.append(find_eyes(crop(picture, detect(picture)[0].box)))
    found = [pair for pair in pairs if pair]
    assert len(found) >= 9
    for left_eye, right_eye in found:
        assert left_eye[0] < 0.5 < right_eye[0]
        assert abs(left_eye[1] - right_eye[1]) < 0.15


def test_opencv_uses_one_thread():
    assert cv2.getNumThreads() == 1
