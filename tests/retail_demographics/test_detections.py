"""Faces become cells: all attributes with their own confidence, and gaps where AWS leaves gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_demographics.detections import FACE_COLUMNS, analysis_of, face_cells


def named(cells):
    return dict(zip(FACE_COLUMNS, cells, strict=True))


def test_every_attribute_is_kept_with_its_own_confidence(make_face):
    assert named(face_cells(make_face())) == {
        "face_confidence": "99.99949645996094",
        "box_left": "-0.0125",
        "box_top": "0.125",
        "box_width": "0.25",
        "box_height": "0.5",
        "age_low": "25",
        "age_high": "33",
        "gender": "Female",
        "gender_confidence": "99.94949340820312",
        "emotion": "HAPPY",
        "emotion_confidence": "96.25",
        "happy_confidence": "96.25",
        "sad_confidence": "1.1e-05",
        "angry_confidence": "0.125",
        "confused_confidence": "0.25",
        "disgusted_confidence": "0.0625",
        "surprised_confidence": "6.5",
        "calm_confidence": "2.5",
        "fear_confidence": "5.75",
        "unknown_confidence": "",
        "smile": "true",
        "smile_confidence": "97.5",
        "eyeglasses": "false",
        "eyeglasses_confidence": "99.25",
        "sunglasses": "false",
        "sunglasses_confidence": "99.75",
        "beard": "false",
        "beard_confidence": "98.5",
        "mustache": "false",
        "mustache_confidence": "99.5",
        "eyes_open": "true",
        "eyes_open_confidence": "96.5",
        "mouth_open": "true",
        "mouth_open_confidence": "81.25",
        "face_occluded": "false",
        "face_occluded_confidence": "99.9",
        "eye_direction_yaw": "-16.5",
        "eye_direction_pitch": "-6.5",
        "eye_direction_confidence": "99.5",
        "pose_roll": "-5.25",
        "pose_yaw": "12.5",
        "pose_pitch": "3.125",
        "brightness": "78.5",
        "sharpness": "92.25",
    }


@given(st.data())
def test_any_attribute_may_be_missing(make_face, data):
    face = make_face()
    for name in data.draw(st.sets(st.sampled_from(sorted(face)))):
        face[name] = None
    for name in data.draw(st.sets(st.sampled_from(sorted(face)))):
        del face[name]
    assert len(face_cells(face)) == len(FACE_COLUMNS)


def test_a_face_without_anything_is_a_row_of_gaps():
    assert set(face_cells({})) == {""}


@pytest.mark.parametrize(
    "emotions",
    [None, [], [{}], [{"Type": "HAPPY"}], [{"Confidence": 9.0}], [{"Type": None, "Confidence": 1}]],
)
def test_a_face_without_emotion_is_still_a_face(make_face, emotions):
    cells = named(face_cells(make_face(Emotions=emotions)))
    assert cells["emotion"] == cells["emotion_confidence"] == cells["happy_confidence"] == ""
    assert cells["gender"] == "Female"


def test_the_top_emotion_does_not_depend_on_the_order_of_equals(make_face):
    equals = [{"Type": name, "Confidence": 40.0} for name in ("SAD", "CALM", "FEAR")]
    tops = {
        named(face_cells(make_face(Emotions=order)))["emotion"] for order in (equals, equals[::-1])
    }
    assert tops == {"CALM"}


def test_the_largest_face_comes_first_and_all_of_them_come(make_frame, make_face):
    sizes = [0.01 * n for n in range(1, 121)]
    faces = [make_face(BoundingBox={"Width": size, "Height": 0.5}) for size in sizes]
    analysis = analysis_of(make_frame(), faces)
    widths = [named(cells)["box_width"] for cells in analysis.faces]
    assert widths == [str(size) for size in reversed(sizes)]


@given(st.data())
def test_the_order_of_faces_in_the_answer_does_not_matter(make_frame, make_face, data):
    sides = st.sampled_from([0.1, 0.2, None])
    boxes = data.draw(st.lists(st.fixed_dictionaries({"Width": sides, "Height": sides})))
    faces = [make_face(BoundingBox=box, Confidence=float(n)) for n, box in enumerate(boxes)]
    shuffled = data.draw(st.permutations(faces))
    assert analysis_of(make_frame(), faces) == analysis_of(make_frame(), shuffled)


def test_only_known_confidences_are_reported(make_frame, make_face):
    analysis = analysis_of(make_frame(), [make_face(), make_face(Confidence=None)])
    assert analysis.face_confidences == [99.99949645996094]
