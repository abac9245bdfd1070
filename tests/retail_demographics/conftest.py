"""Frames, faces and recorded events for the tests of retail demographics."""

import copy
import io
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import pytest

from retail_demographics import analyze_faces
from retail_demographics.csv_objects import batch_id_of
from retail_demographics.frames import Frame
from testing.clock import Clock
from testing.stubs import Kept, Stubs, clients_of

EVENTS = Path(__file__).parent / "events"
NOW = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def event() -> Callable[[str], Any]:
    """Read a recorded event."""

    def read(name: str) -> Any:
        return json.loads((EVENTS / f"{name}.json").read_text())

    return read


@pytest.fixture(scope="session")
def make_frame() -> Callable[..., Frame]:
    """Make a frame that is as it should be, but for what is said."""

    def make(key: str = "paris/door/0900.jpg", **changes: Any) -> Frame:
        usual = {
            "bucket": "frames",
            "key": key,
            "version_id": "v1",
            "e_tag": "e1",
            "sequencer": "0A",
            "size_bytes": 1000,
            "event_time": datetime(2026, 3, 1, 9, tzinfo=UTC),
        }
        return Frame(**{**usual, **changes})

    return make


@pytest.fixture(scope="session")
def make_face(event) -> Callable[..., dict[str, Any]]:
    """Make one of Rekognition's FaceDetails, complete but for what is said."""
    complete = event("detect_faces")["FaceDetails"][0]

    def make(**changes: Any) -> dict[str, Any]:
        return {**copy.deepcopy(complete), **changes}

    return make


@pytest.fixture(scope="session")
def announce(make_record) -> Callable[..., dict[str, str]]:
    """Make an SQS message that announces frames, named by the first one's key."""

    def make(*frames: Frame, name: str | None = None) -> dict[str, str]:
        records = []
        for frame in frames:
            record = make_record(
                key=quote_plus(frame.key),
                size=frame.size_bytes,
                eTag=frame.e_tag,
                versionId=frame.version_id,
                sequencer=frame.sequencer,
            )
            records.append(record | {"eventTime": frame.event_time.isoformat()})
        return {"messageId": name or frames[0].key, "body": json.dumps({"Records": records})}

    return make


class Function(Stubs):
    """The function, before an AWS that answers as a test says."""

    def __init__(self, clients: dict[str, Any], clock: Clock) -> None:
        super().__init__(clients)
        self.clock = clock

    def run(self, *messages: dict[str, str], seconds: float = 120) -> list[str]:
        """Invoke the handler; give back the ids of messages that have to come again."""
        ends = self.clock() + seconds
        context = SimpleNamespace(
            function_name="AnalyzeFaces",
            memory_limit_in_mb=512,
            invoked_function_arn="function-arn",
            aws_request_id="request-1",
            get_remaining_time_in_millis=lambda: int((ends - self.clock()) * 1000),
        )
        reply = analyze_faces.handler({"Records": list(messages)}, context)
        return [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]

    def ledger_is_asked(
        self, *frames: Frame, done: Sequence[Frame] = (), outcome: str = "counted"
    ) -> None:
        """Let the ledger be asked for frames, some of which it has as done."""
        request = {
            "Keys": [{"frame_id": {"S": name}} for name in sorted(f.object_id for f in frames)],
            "ConsistentRead": True,
            "ProjectionExpression": "frame_id, outcome",
        }
        items = [{"frame_id": {"S": f.object_id}, "outcome": {"S": outcome}} for f in done]
        reply = {"Responses": {"ledger": items}}
        self.answers("batch_get_item", reply, {"RequestItems": {"ledger": request}})

    def ledger_notes(self, *frames: Frame, outcome: str = "counted") -> None:
        """Let the ledger take frames as done, until 15 days from now."""
        expires_at = str(int(NOW.timestamp()) + 15 * 86400)
        items = [
            {"frame_id": {"S": n}, "outcome": {"S": outcome}, "expires_at": {"N": expires_at}}
            for n in sorted(frame.object_id for frame in frames)
        ]
        requests = [{"PutRequest": {"Item": item}} for item in items]
        self.answers("batch_write_item", {}, {"RequestItems": {"ledger": requests}})

    def sees(self, frame: Frame, *faces: dict[str, Any]) -> None:
        """Let Rekognition be asked about a frame, and see faces."""
        place = {"Bucket": frame.bucket, "Name": frame.key, "Version": frame.version_id}
        request = {"Image": {"S3Object": place}, "Attributes": ["ALL"]}
        self.answers("detect_faces", {"FaceDetails": list(faces)}, request)

    def puts(self, folder: str, *frames: Frame) -> Kept:
        """Let an object with the rows of frames be put, if it is not there; keep its body."""
        body = Kept()
        request = {
            "Bucket": "results",
            "Key": f"{folder}/{batch_id_of([frame.object_id for frame in frames])}.csv",
            "Body": body,
            "ContentType": "text/csv; charset=utf-8",
            "IfNoneMatch": "*",
        }
        self.answers("put_object", {}, request)
        return body

    def deletes(self, *frames: Frame, errors: Sequence[dict[str, str]] = ()) -> None:
        """Let the versions of frames be deleted, but for errors."""
        versions = [{"Key": frame.key, "VersionId": frame.version_id} for frame in frames]
        request = {"Bucket": "frames", "Delete": {"Objects": versions, "Quiet": True}}
        self.answers("delete_objects", {"Errors": list(errors)}, request)


@pytest.fixture
def environment(monkeypatch) -> None:
    """Set what the stack sets; one call at a time, for a Stubber wants its calls in order."""
    for name, value in {
        "RESULTS_BUCKET": "results",
        "LEDGER_TABLE": "ledger",
        "LEDGER_DAYS": "15",
        "DELETE_FRAMES": "true",
        "REPEATS_COUNT_ONCE": "false",
        "CALLS_PER_SECOND": "5",
        "CONCURRENT_CALLS": "1",
        "MAX_CAPTURE_AGE_DAYS": "7",
        "POWERTOOLS_SERVICE_NAME": "RetailDemographics",
        "POWERTOOLS_METRICS_NAMESPACE": "MlReferenceArchitectures",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """Make the real clients once: a Stubber can be put on and taken off."""
    return clients_of("rekognition", "s3", "dynamodb")


@pytest.fixture
def function(environment, clients, monkeypatch, log) -> Iterator[Function]:
    """Give the function an AWS that checks the shape of all it says, and time that only it moves.

    What a test announces has to happen, and nothing else may.
    """
    clock = Clock()
    still = SimpleNamespace(monotonic=clock, sleep=clock.sleep, time=NOW.timestamp)
    monkeypatch.setattr(analyze_faces, "time", still)
    longest = SimpleNamespace(random=lambda: 1.0)
    monkeypatch.setattr(analyze_faces, "SystemRandom", lambda: longest)
    monkeypatch.setattr(analyze_faces, "client", clients.__getitem__)
    analyze_faces.rate_limit.cache_clear()
    made = Function(clients, clock)
    with made.active():
        yield made
    # The function takes Stubber's complaint about a call for an error of AWS's, and goes on.
    assert not [entry for entry in log() if "Stub" in entry.get("error", "")]
    analyze_faces.rate_limit.cache_clear()


@pytest.fixture
def log() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Read what the function has logged."""
    text = io.StringIO()
    handler = analyze_faces.logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    usual = handler.setStream(text)
    yield lambda: [json.loads(line) for line in text.getvalue().splitlines()]
    handler.setStream(usual)
