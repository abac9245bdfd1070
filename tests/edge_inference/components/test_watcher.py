"""From frames to sightings: what is looked at, what is told, and what survives a kill."""

import json

import numpy as np
import pytest

from edge_inference.configuration import Unsure, configuration
from edge_inference.detector import Detector
from edge_inference.frame_sources import Frame
from edge_inference.health import Health
from edge_inference.model_file import Model
from edge_inference.put_frames import FrameUploads
from edge_inference.sighting import Moment
from edge_inference.watcher import TRACKS, Watcher

MODEL = Model("m.onnx", "ab" * 32, 128, ("robin", "jay"), "pictures", "grids")
FRAME = Frame(np.zeros((96, 128, 3), np.uint8), "a.jpg", b"jpeg")
SETTINGS = {
    "site": "garden",
    "source": {
        **{"kind": "folder", "address": "x", "frames_per_second": 1},
        "silent_seconds": 9,
        "reduce": 1,
    },
    "model": {"component": "m", "threads": 1},
    "motion": {"least_share": 0},
    "thresholds": {"default": 0.5, "jay": 0.8},
    "tracking": {"frames_to_confirm": 2, "gone_seconds": 3, "longest_seconds": 60},
    "delivery": {"topic_prefix": "birds", "receipts": "broker", "message_bytes": 4800},
    "spool": {"largest_mib": 1, "commit_seconds": 1},
    "unsure": {"bucket": "b", "daily_mib": 1, "least_confidence": 0.2},
    "health": {"every_seconds": 60},
}


def output(*birds):
    """Say of each bird: its cell's column, its species and how surely it is there."""
    grid = np.zeros((1, 7, 16, 16), np.float32)
    for column, species, confidence in birds:
        grid[0, :5, 8, column] = (confidence, 0.5, 0.5, 0.2, 0.2)
        grid[0, 5 + MODEL.species.index(species), 8, column] = 1
    return grid


class Watched:
    """A watcher, what its session will say, and its health."""

    def __init__(self, **changes):
        self.says, self.health = output(), Health()
        detector = Detector(MODEL, lambda _: self.says, least=0.2)
        settings = configuration({**SETTINGS, **changes})
        self.watcher = Watcher(settings, detector, "feeder-1", self.health)

    def look(self, second, *birds, frame=FRAME):
        """Look at a frame in which these birds are."""
        self.says = output(*birds)
        return self.watcher.look(frame, at(second))


def at(uptime, boot="one"):
    return Moment(1_780_000_000 + uptime, uptime, boot)


def test_one_bird_is_one_sighting_with_all_that_is_known_of_it():
    watched = Watched()
    for second in range(5):
        assert watched.look(second, (4, "robin", 0.9)).sightings == []
    (told,) = watched.look(9).sightings
    assert (told["species"], told["frames"], told["seconds"]) == ("robin", 5, 4)
    assert (told["device"], told["site"], told["source"]) == ("feeder-1", "garden", "folder")
    assert (told["model"], told["uptime_ms"]) == ("abababababab", 4000)
    assert watched.health.counts == {"frames": 6, "sightings": 1}


def test_what_is_below_the_threshold_of_its_species_is_unsure_and_no_sighting():
    watched = Watched()
    for second in range(3):
        seen = watched.look(second, (4, "robin", 0.6), (9, "jay", 0.6))
        assert [one.species for one in seen.unsure] == ["jay"]
    assert [one["species"] for one in watched.watcher.finished(at(3))] == ["robin"]


@pytest.mark.parametrize(
    "says", [np.full((1, 7, 16, 16), np.nan, np.float32), np.zeros((1, 3, 4, 4))]
)
def test_a_model_that_says_nothing_is_told_and_ends_no_program(says):
    watched = Watched()
    for second in range(3):
        watched.look(second, (4, "robin", 0.9))
    watched.says = says
    assert watched.watcher.look(FRAME, at(3)).sightings == []
    assert "model" in watched.health.conditions["model_corrupt"]
    (told,) = watched.watcher.look(FRAME, at(9)).sightings  # what was in view is told all the same
    assert (told["species"], watched.health.counts["frames_failed"]) == ("robin", 2)


def test_an_empty_view_that_does_not_change_is_not_looked_at_again():
    watched = Watched(motion={"least_share": 0.01})
    for second in range(3):
        watched.look(second)
    watched.look(3, (4, "robin", 0.9))  # nobody looks, or it would be seen
    assert watched.watcher.in_view == 0
    assert watched.health.counts == {"frames": 4, "frames_still": 3, "sightings": 0}


def test_a_bird_that_sits_still_is_seen_all_the_same():
    watched = Watched(motion={"least_share": 0.01})
    for second in range(5):
        watched.look(second, (4, "robin", 0.9))
    (told,) = watched.look(9).sightings
    assert (told["frames"], watched.health.counts["frames_still"]) == (5, 0)


def test_a_killed_device_goes_on_with_the_birds_that_it_had_in_view():
    """One sighting, with the id that it would have had."""
    one, other = Watched(), Watched()
    for second in range(3):
        one.look(second, (4, "robin", 0.9))
        other.look(second, (4, "robin", 0.9))
    name, note = other.watcher.note(at(2))
    assert name == TRACKS
    other = Watched()
    assert other.watcher.resume(note, at(3)) == []
    for second in (3, 4):
        one.look(second, (5, "robin", 0.9))
        other.look(second, (5, "robin", 0.9))
    assert one.look(20).sightings == other.look(20).sightings != []


def test_what_left_while_the_device_was_down_is_told_then():
    watched = Watched()
    for second in range(3):
        watched.look(second, (4, "robin", 0.9))
    note = watched.watcher.note(at(2))[1]
    for later in (at(900), at(5, boot="two")):
        (told,) = Watched().watcher.resume(note, later)
        assert (told["species"], told["uptime_ms"], told["boot"]) == ("robin", 2000, "one")
        assert told["last_seen"].endswith(":42.000+00:00")


def test_a_device_that_never_looked_resumes_nothing():
    assert Watched().watcher.resume(None, at(0)) == []


class Bucket:
    """Takes objects, or refuses them."""

    def __init__(self):
        self.objects, self.refuses = {}, False

    def put_object(self, **given):
        """Take one."""
        if self.refuses:
            raise ConnectionError("the network is unreachable")
        self.objects[given["Key"]] = given["Body"]


class Uploads(FrameUploads):
    """Uploads to a bucket of the test's."""

    def __init__(self, folder, spool):
        self.bucket, self.health, self.folder = Bucket(), Health(), folder
        super().__init__(folder, spool, self.health, "feeder-1", self.bucket)


@pytest.fixture
def uploads(make_spool, tmp_path):
    return Uploads(tmp_path / "frames", make_spool())


UNSURE = Unsure("b", 20, 0.2)


def offered(uploads, second, settings=UNSURE, encoded=b"0123456789"):
    found = Watched().look(0, (4, "jay", 0.5)).unsure
    return uploads.offer(Frame(FRAME.pixels, "a", encoded), found, settings, at(second))


@pytest.mark.parametrize("settings", [Unsure("", 99, 0.2), Unsure("b", 0, 0.2)])
def test_no_frame_is_even_kept_unless_the_setting_says_so(uploads, settings):
    assert not offered(uploads, 0, settings)
    assert not uploads.folder.exists()


def test_an_unsure_frame_is_uploaded_with_what_was_seen_in_it(uploads):
    assert offered(uploads, 0)
    uploads.upload(UNSURE, at(1))
    picture, description = sorted(uploads.bucket.objects)
    assert picture.startswith("unsure/feeder-1/")
    assert uploads.bucket.objects[picture] == b"0123456789"
    told = json.loads(uploads.bucket.objects[description])
    assert [one["species"] for one in told["detections"]] == ["jay"]
    assert list(uploads.folder.iterdir()) == []
    assert uploads.health.counts["unsure_uploaded"] == 1


def test_a_day_s_bytes_are_kept_over_restarts_and_one_bird_does_not_spend_them(uploads):
    assert offered(uploads, 0)
    assert not offered(uploads, 5)  # the same bird, likely
    assert offered(uploads, 20, encoded=b"9876543210")
    assert not offered(uploads, 40)
    assert uploads.health.counts["unsure_over_budget"] == 1
    assert offered(uploads, 86_400 + 40)


def test_without_a_network_frames_wait_and_nothing_ends(uploads):
    offered(uploads, 0)
    uploads.bucket.refuses = True
    uploads.upload(UNSURE, at(1))
    assert "unreachable" in uploads.health.conditions["frames_wait"]
    uploads.bucket.refuses = False
    uploads.upload(UNSURE, at(1.5))  # not yet
    assert uploads.bucket.objects == {}
    uploads.upload(UNSURE, at(3))
    assert len(uploads.bucket.objects) == 2
    assert uploads.health.conditions == {}


def test_frames_that_wait_go_when_the_setting_is_taken_back(uploads):
    offered(uploads, 0)
    uploads.upload(Unsure("", 0, 0.2), at(1))
    assert (uploads.bucket.objects, list(uploads.folder.iterdir())) == ({}, [])
