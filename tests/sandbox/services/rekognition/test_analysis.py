"""What is measured, what is told, what is made up; and that the same bytes cost once."""

import threading

import pytest

from fixtures.faces import draw_frame
from sandbox.services.rekognition import analysis
from sandbox.services.rekognition.analysis import Analyst, analyze
from sandbox.services.rekognition.ground_truth import TOLD
from sandbox.services.rekognition.pictures import NotAnImageError


def without_truth(image):
    return image.replace(b"sandbox-ground-truth", b"something-different-")


def test_a_drawn_face_has_the_attributes_that_were_drawn(frame):
    result = analyze(frame.image)
    assert result.drawn
    assert not result.made_up
    by_box = {person.face_detail()["AgeRange"]["Low"]: person for person in frame.people}
    assert len(result.faces) == 3
    for face in result.faces:
        truth = by_box[face["AgeRange"]["Low"]].face_detail()
        assert {name: face[name] for name in TOLD} == {name: truth[name] for name in TOLD}
        assert face["BoundingBox"] != truth["BoundingBox"]


def test_any_other_face_is_made_up_at_even_odds_and_says_so(frame):
    result = analyze(without_truth(frame.image))
    assert not result.drawn
    assert result.made_up == frozenset(TOLD)
    for face in result.faces:
        sure = [face[name]["Confidence"] for name in TOLD if "Confidence" in face[name]]
        assert {*sure, *(emotion["Confidence"] for emotion in face["Emotions"])} == {50.0}
    assert result == analyze(without_truth(frame.image))


def test_boxes_and_quality_are_measured_with_or_without_a_truth(frame):
    drawn, bare = analyze(frame.image), analyze(without_truth(frame.image))
    for name in ("BoundingBox", "Confidence", "Quality"):
        assert [face[name] for face in drawn.faces] == [face[name] for face in bare.faces]


def test_brightness_follows_the_light():
    dim, bright = (
        analyze(draw_frame(11, faces=1, light=light).image).faces[0]["Quality"]["Brightness"]
        for light in (0.7, 1.1)
    )
    assert dim < bright


def test_an_empty_drawn_scene_is_a_drawn_answer():
    result = analyze(draw_frame(0, faces=0).image)
    assert result.drawn
    assert result.faces == ()


def test_eyes_are_looked_for_only_when_asked():
    images = [draw_frame(seed, faces=1).image for seed in range(4)]
    assert not any("Landmarks" in face for image in images for face in analyze(image).faces)
    faces = [face for image in images for face in analyze(image, landmarks=True).faces]
    marks = [[mark["Type"] for mark in face["Landmarks"]] for face in faces]
    assert ["eyeLeft", "eyeRight"] in marks
    assert all(types in ([], ["eyeLeft", "eyeRight"]) for types in marks)


def test_the_same_bytes_are_analysed_once_even_at_the_same_time(monkeypatch, frame):
    looks = []

    def count(image, *, landmarks):
        looks.append(image)
        return analyze(image, landmarks=landmarks)

    monkeypatch.setattr(analysis, "analyze", count)
    analyst = Analyst(threads=2)
    threads = [threading.Thread(target=analyst.look, args=(frame.image,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looks) == 1
    analyst.forget()
    analyst.look(frame.image)
    assert len(looks) == 2


def test_only_the_latest_answers_are_kept(monkeypatch):
    monkeypatch.setattr(analysis, "_MOST_REMEMBERED", 2)
    analyst = Analyst(threads=1)
    for seed in range(5):
        analyst.look(draw_frame(seed, faces=0, size=(160, 120)).image)
    assert len(analyst._answers) == 2


def test_a_refusal_is_raised_again():
    analyst = Analyst(threads=1)
    for _ in range(2):
        with pytest.raises(NotAnImageError):
            analyst.look(b"no picture")
