"""What a deployment may set, what it is told otherwise, and how a device tells how it is."""

import copy
import json
from pathlib import Path

import pytest

from edge_inference.configuration import ConfigurationError, configuration
from edge_inference.health import Health, Latencies

RECIPE = Path(__file__).parents[3] / "components" / "edge_inference" / "recipe.json"
DEFAULT = json.loads(RECIPE.read_text())["ComponentConfiguration"]["DefaultConfiguration"]


def changed(place, value):
    found = copy.deepcopy(DEFAULT)
    *parts, last = place.split(".")
    inner = found
    for part in parts:
        inner = inner[part]
    inner[last] = value
    return found


def test_the_recipe_s_own_configuration_is_right_and_no_frame_leaves_by_it():
    read = configuration(DEFAULT)
    assert not read.unsure.frames_leave
    assert read.source.kind == "folder"
    assert read.thresholds == {"default": 0.5}
    assert read.spool_bytes == 256 * 2**20


def as_text(value):
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    return value if isinstance(value, bool) else str(value)


def test_numbers_may_come_as_text():
    """A recipe in YAML makes texts of them, and so does lite."""
    numbers = {k: v for k, v in DEFAULT.items() if k != "accessControl"}
    assert configuration(as_text(numbers)) == configuration(DEFAULT)


@pytest.mark.parametrize(
    ("bucket", "daily", "leave"),
    [("", 0, False), ("b", 0, False), ("", 5, False), ("b", 5, True)],
)
def test_frames_leave_only_by_a_bucket_and_a_budget(bucket, daily, leave):
    found = changed("unsure.bucket", bucket)
    found["unsure"]["daily_mib"] = daily
    assert configuration(found).unsure.frames_leave == leave


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("site", "", "site is ''; it is text of 1 to 512 characters"),
        ("source.kind", "webcam", "source.kind is 'webcam'; there are folder, video, camera, rtsp"),
        ("source.frames_per_second", 0, "it is a number from 0.01 to 60"),
        ("source.frames_per_second", "fast", "source.frames_per_second is 'fast'"),
        ("source.frames_per_second", True, "source.frames_per_second is True"),
        ("source.frames_per_second", None, "source.frames_per_second is None"),
        ("source.silent_seconds", float("nan"), "source.silent_seconds is nan"),
        ("source.reduce", 3, "source.reduce is 3; there are 1, 2, 4, 8"),
        ("source", "camera", "source is 'camera'; it is an object"),
        ("model.threads", 1.5, "model.threads is 1.5; it is a whole number from 0 to 64"),
        ("thresholds.jay", 1.2, "thresholds.jay is 1.2; it is a number from 0 to 1"),
        ("thresholds", {"jay": 0.5}, "thresholds.default is None"),
        ("delivery.receipts", "none", "there are broker, nucleus"),
        ("delivery.topic_prefix", "birds/#", "it is without '#', '+', '$'"),
        ("spool.largest_mib", -1, "spool.largest_mib is -1"),
        ("motion.least", 0.1, "motion.least is no setting"),
        ("colour", "red", "colour is no setting"),
    ],
)
def test_a_wrong_value_is_told(place, value, told):
    with pytest.raises(ConfigurationError) as caught:
        configuration(changed(place, value))
    assert told in str(caught.value)


def test_all_that_is_wrong_is_told_at_once():
    found = changed("site", 7)
    found["source"]["kind"] = "?"
    with pytest.raises(ConfigurationError, match=r"site is 7.*; source\.kind is '\?'"):
        configuration(found)


@pytest.mark.parametrize("found", [None, [], "", {}])
def test_what_is_no_configuration_is_told(found):
    with pytest.raises(ConfigurationError):
        configuration(found)


def test_latencies_are_told_to_within_a_quarter():
    found = Latencies()
    for milliseconds in range(1, 101):
        found.add(milliseconds)
    for share, right in ((0.5, 50), (0.95, 95)):
        told = found.quantile(share)
        assert told
        assert right <= told <= right * 1.25
    assert Latencies().quantile(0.5) is None
    found = Latencies()
    found.add(10**9)
    longest = pytest.approx(26_100, rel=0.01)  # half a minute, about
    assert found.summary() == {"count": 1, "p50_ms": longest, "p95_ms": longest}


def test_health_tells_what_holds_until_it_no_longer_does():
    health = Health()
    health.counts["frames"] += 2
    health.took("frame", 0.002)
    assert health.holds("disk_full", "make room")
    assert not health.holds("disk_full", "make more room")
    told = health.report(spool_depth=7)
    json.dumps(told)
    assert (told["conditions"], told["spool_depth"]) == ({"disk_full": "make more room"}, 7)
    assert told["latencies"]["frame"]["count"] == 1
    assert health.cleared("disk_full")
    assert not health.cleared("disk_full")
    again = health.report()
    assert (again["counts"], again["latencies"], again["conditions"]) == ({"frames": 2}, {}, {})
