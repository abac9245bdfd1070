"""One bird is one sighting."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_inference.detections import Detection
from edge_inference.motion_gate import MotionGate
from edge_inference.tracker import Tracker


def tracker(**changes):
    return Tracker(**{"frames_to_confirm": 2, "gone_seconds": 2, "longest_seconds": 100, **changes})


def bird(x, y=50, species="robin", confidence=0.9, size=40):
    return Detection(species, confidence, (x, y, x + size, y + size))


def test_a_bird_in_many_frames_is_one_sighting():
    follows = tracker()
    for second in range(6):
        assert follows.seen([bird(100 + 9 * second)], second) == []
    (track,) = follows.seen([], 8.1)
    assert (track.first, track.last, track.frames, track.box[0]) == (0, 5, 6, 145)
    assert follows.finished() == []


def test_what_was_seen_once_is_no_sighting():
    follows = tracker()
    follows.seen([bird(100)], 0)
    assert follows.seen([], 5) == []


def test_a_bird_that_is_hidden_for_a_moment_is_the_same():
    follows = tracker()
    for second, found in enumerate([[bird(100)], [bird(104)], [], [bird(110)], []]):
        assert follows.seen(found, second) == []
    assert [track.frames for track in follows.finished()] == [3]


def test_a_bird_that_comes_back_later_is_another_sighting():
    follows = tracker()
    ended = []
    for second in (0, 1, 4, 5):
        ended += follows.seen([bird(100)], second)
    assert [t.first for t in [*ended, *follows.finished()]] == [0, 4]


def test_two_birds_beside_each_other_are_two():
    follows = tracker()
    for second in range(3):
        follows.seen([bird(100), bird(150, species="jay")], second)
    assert [track.species for track in follows.finished()] == ["robin", "jay"]


def test_birds_that_pass_each_other_keep_their_sightings():
    follows = tracker()
    for second in range(11):
        follows.seen([bird(100 + 10 * second, y=50), bird(200 - 10 * second, y=75)], second)
    tracks = sorted(follows.finished(), key=lambda track: track.box[1])
    assert [(t.frames, t.box[0]) for t in tracks] == [(11, 200), (11, 100)]


def test_a_fast_bird_is_followed_by_its_nearness():
    follows = tracker()
    for second in range(4):
        follows.seen([bird(100 + 55 * second)], second)  # no two boxes overlap
    assert [track.frames for track in follows.finished()] == [4]


def test_a_bird_far_away_is_another_one():
    follows = tracker()
    for second in range(4):
        follows.seen([bird(100 if second < 2 else 400)], second)
    assert [track.box[0] for track in follows.finished()] == [100, 400]


def test_the_species_is_what_the_frames_speak_for_most():
    follows = tracker()
    for second, (species, confidence) in enumerate([("jay", 0.95), ("robin", 0.6), ("robin", 0.7)]):
        follows.seen([bird(100, species=species, confidence=confidence)], second)
    (track,) = follows.finished()
    assert (track.species, track.best) == ("robin", 0.95)


def test_a_bird_that_stays_is_told_before_it_leaves():
    follows = tracker(longest_seconds=10)
    ended = [track for second in range(25) for track in follows.seen([bird(100)], second)]
    assert [(track.first, track.last) for track in ended] == [(0, 10), (11, 21)]


FRAMES = st.lists(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["robin", "jay"])), max_size=4),
    max_size=12,
)


@given(FRAMES)
def test_every_detection_is_in_one_track(frames):
    follows, ended = tracker(frames_to_confirm=1), []
    for second, found in enumerate(frames):
        ended += follows.seen([bird(x, species=s) for x, s in found], second)
    ended += follows.finished()
    assert sum(track.frames for track in ended) == sum(map(len, frames))
    assert len({track.number for track in ended}) == len(ended)
    assert all(track.first <= track.last for track in ended)


@given(FRAMES, st.integers(0, 12))
def test_a_restart_in_between_changes_nothing(frames, restart):
    one, other, told, again = tracker(), tracker(), [], []
    for second, found in enumerate(frames):
        if second == restart:
            state = json.loads(json.dumps(other.state()))
            other = tracker()
            other.resume(state)
        birds = [bird(x, species=s) for x, s in found]
        told += one.seen(birds, second)
        again += other.seen(birds, second)
    assert [*told, *one.finished()] == [*again, *other.finished()]


def still(level=100):
    return np.full((48, 64, 3), level, np.uint8)


def test_the_gate_opens_for_what_moves_and_for_the_first_frame():
    gate = MotionGate(0.01)
    assert [gate.lets_through(still()) for _ in range(3)] == [True, False, False]
    moved = still()
    moved[10:20, 10:20] = 200
    assert gate.lets_through(moved)


@pytest.mark.parametrize("levels", [range(100, 200, 4), [100, 160, 160], [160, 90, 90]])
def test_light_that_changes_does_not_open_it(levels):
    gate = MotionGate(0.01)
    opened = [gate.lets_through(still(level)) for level in levels]
    assert opened == [True, *[False] * (len(opened) - 1)]


def test_a_camera_that_was_moved_opens_it_and_it_closes_again():
    gate, other = MotionGate(0.01), still()
    other[:, 20:] = 180
    gate.lets_through(still())
    opened = [gate.lets_through(other) for _ in range(60)]
    assert (opened[0], opened[-1]) == (True, False)
    assert sum(a != b for a, b in pairwise(opened)) == 1


def test_a_share_of_nothing_lets_everything_through():
    gate = MotionGate(0)
    assert all(gate.lets_through(still()) for _ in range(3))
