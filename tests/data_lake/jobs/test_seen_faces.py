"""Faces that another architecture hands over: its own files are read, and no other shape is."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from data_lake import read_faces as reading
from data_lake.read_faces import NONE, place_of, read_faces
from retail_demographics.csv_objects import detection_objects
from retail_demographics.detections import analysis_of
from retail_demographics.frames import Frame
from stacks.retail_demographics.contracts import offers
from testing.stubs import Stubs, clients_of

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
OFFERED = offers(stack_name="RetailDemographics").detections
TOLD = json.dumps(
    {
        "parameter": OFFERED.bucket.parameter,
        "prefix": OFFERED.prefix,
        "columns": OFFERED.columns,
    }
)
STORE = "Zürich HB, 50%+"
CAME = datetime(2026, 11, 29, 9, tzinfo=UTC)
ANALYZED = CAME + timedelta(minutes=1)


def face(low, high, sure):
    return {"Confidence": sure, "AgeRange": {"Low": low, "High": high}}


def frame(name, *faces):
    key = f"{STORE}/door/{name}.jpg"
    return analysis_of(Frame("frames", key, name, "e", "0", 9, CAME), faces)


@pytest.fixture
def handed_over(tmp_path, monkeypatch):
    """Write frames as the producer does, each time of its analysis; gives where they are."""

    def write(analyses, at=ANALYZED):
        for each in detection_objects(analyses, at, timedelta(days=7)):
            path = tmp_path / each.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(each.body)
        return path

    monkeypatch.setattr(reading, "place_of", lambda _: str(tmp_path / "detections"))
    return write


def micros(at):
    return int(at.timestamp() * 1_000_000)


def test_the_producer_s_own_files_are_counted_by_store_and_from_when_they_are_known(
    spark, handed_over, both_ways
):
    first = frame("a", face(10, 20, 99.0), face(70, 80, 90.0), face(70, 80, 89.9))
    handed_over([first, frame("b")])
    ahead = CAME + timedelta(hours=3)  # by its name, of a camera whose clock is ahead
    handed_over([frame(f"{ahead:%Y-%m-%dT%H-%M-%SZ}", face(30, 40, 99.0))])
    handed_over([frame("a", face(30, 40, 99.0))], at=ANALYZED + timedelta(hours=1))  # once more
    found, place = read_faces(spark, TOLD)
    rows = {row["known"]: row.asDict() for row in found.collect()}
    assert place
    assert rows.keys() == {micros(ANALYZED), micros(ahead)}
    told = {"store": STORE, "faces": 3, "aged": 2, "young": 1, "senior": 1}
    assert rows[micros(ANALYZED)] == {**told, "known": micros(ANALYZED)}
    assert [rows[micros(ahead)][name] for name in ("faces", "aged", "young")] == [1, 1, 0]


def test_a_file_of_other_columns_fails_the_run(spark, handed_over):
    path = handed_over([frame("a", face(30, 40, 99.0))])
    path.write_bytes(path.read_bytes().replace(b"face_index", b"index_of_face", 1))
    with pytest.raises(Exception, match=r"header does not conform|FAILED_READ_FILE"):
        read_faces(spark, TOLD)[0].collect()


@pytest.mark.parametrize("told", [NONE, TOLD])
def test_while_nobody_hands_any_over_there_are_none(spark, monkeypatch, tmp_path, told):
    monkeypatch.setattr(reading, "place_of", lambda _: None)
    found, place = read_faces(spark, told)
    assert (found.collect(), place) == ([], None)


def test_before_the_first_one_is_seen_there_are_none(spark, monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "place_of", lambda _: str(tmp_path / "detections"))
    assert read_faces(spark, TOLD)[0].collect() == []


def test_the_bucket_has_the_name_that_is_published_if_it_is(monkeypatch):
    clients = clients_of("ssm")
    monkeypatch.setattr("boto3.client", clients.__getitem__)
    stubs = Stubs(clients)
    asked = {"Name": "/RetailDemographics/results-bucket"}
    with stubs.active():
        stubs.answers("get_parameter", {"Parameter": {"Value": "faces"}}, asked)
        stubs.fails("get_parameter", "ParameterNotFound")
        assert place_of(json.loads(TOLD)) == "s3://faces/detections/"
        assert place_of(json.loads(TOLD)) is None
