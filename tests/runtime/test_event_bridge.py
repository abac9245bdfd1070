"""Events of EventBridge: the object that they announce, or what they lack."""

import json
from datetime import UTC, datetime

import pytest

from runtime.message_batches import read_batch
from runtime.object_events import UnreadableMessageError, event_object
from runtime.object_versions import ObjectVersion

ODD_KEYS = [
    *(
        "a b+c%20d",
        "Ünï/東京/👩‍👩‍👧.wav",
        "../up/./here",
        "line\nbreak",
        "a:b?c=d&e#f",
        "\0",
        "/lead",
    ),
    *("a//b", "~*'()!", "x" * 1024, "é" * 512, "%2F", "?versionId=x"),
]


def event(**changes):
    key = {"key": "calls/a b+c.wav", "size": 5, "version-id": "v1", "sequencer": "0A", "etag": "e"}
    return {
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": "2026-03-01T09:00:05Z",
        "detail": {"bucket": {"name": "inbox"}, "object": key | changes, "reason": "PutObject"},
    }


def message(name, **changes):
    return {"messageId": name, "body": json.dumps(event(**changes))}


def object_in(body):
    (announced,) = event_object(body, ObjectVersion)
    return announced


def test_an_event_is_read():
    assert object_in(json.dumps(event())) == ObjectVersion(
        "inbox", "calls/a b+c.wav", "v1", "e", "0A", 5, datetime(2026, 3, 1, 9, 0, 5, tzinfo=UTC)
    )


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_is_what_the_event_says_and_nothing_is_decoded(key):
    assert object_in(json.dumps(event(key=key))).key == key


@pytest.mark.parametrize(
    "body",
    [
        *("", "no json", "[]", "null", '"x"', "7", "{}", "[" * 100_000, None),
        json.dumps(event() | {"detail-type": "Object Deleted"}),
        json.dumps(event() | {"source": "aws.ec2"}),
        json.dumps(event() | {"detail": []}),
        json.dumps(event() | {"time": "yesterday"}),
        json.dumps(event() | {"time": None}),
        json.dumps(event() | {"time": "0001-01-01T00:00:00+14:00"}),
        *(json.dumps(event(key=key)) for key in ("", None, 7, "\ud800")),
        *(json.dumps(event(size=size)) for size in (None, "5", -1, 1.5, True)),
        *(json.dumps(event(**{"version-id": version})) for version in ("", None, 3)),
    ],
)
def test_a_message_that_announces_no_version_is_refused(body):
    with pytest.raises(UnreadableMessageError, match="want an EventBridge event"):
        object_in(body)


def test_a_refusal_never_repeats_the_message():
    with pytest.raises(UnreadableMessageError) as refusal:
        object_in(json.dumps(event(key="jane-doe.wav", size="secret")))
    assert "jane" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_batch_has_each_version_once_and_fails_by_message():
    messages = [
        message("one"),
        message("again"),
        message("other", **{"version-id": "v2"}),
        message("folder", key="calls/", size=0),
        message("file", key="calls/", size=1),
        {"messageId": "bad", "body": "no json"},
    ]
    batch = read_batch(messages, event_object, ObjectVersion)
    assert [each.version_id for each in batch.objects.values()] == ["v1", "v2", "v1"]
    retried = [batch.messages_to_retry([object_id]) for object_id in batch.objects]
    assert retried == [["one", "again", "bad"], ["other", "bad"], ["file", "bad"]]
    assert (list(batch.unreadable), batch.folder_markers, batch.repeats) == (["bad"], 1, 1)
    assert batch.response([]) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
