"""Messages of EventBridge: the object that they announce, under one name for ever."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service_chain.arrivals import Arrival, UnreadableMessageError, arrival_in, read_batch

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
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


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


def arrive(bucket="inbox", key="k", version_id="v1"):
    return Arrival(bucket, key, version_id, 5, datetime(2026, 3, 1, 9, tzinfo=UTC))


def test_an_event_is_read():
    assert arrival_in(json.dumps(event())) == Arrival(
        "inbox", "calls/a b+c.wav", "v1", 5, datetime(2026, 3, 1, 9, 0, 5, tzinfo=UTC)
    )


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_is_what_the_event_says_and_nothing_is_decoded(key):
    assert arrival_in(json.dumps(event(key=key))).key == key


def test_the_execution_is_told_all_that_it_needs():
    arrival = arrive(key="calls/São Paulo: 1+1.wav", version_id="a+b/c=")
    assert arrival.execution_input() == {
        "document_id": arrival.execution_name[:32],
        "attempt": 1,
        "bucket": "inbox",
        "key": "calls/São Paulo: 1+1.wav",
        "version_id": "a+b/c=",
        "size": 5,
        "event_time": "2026-03-01T09:00:00Z",
        "copy_source": "inbox/calls/S%C3%A3o%20Paulo%3A%201%2B1.wav?versionId=a%2Bb%2Fc%3D",
    }


@given(TEXT, TEXT)
@example("?versionId=x", "&")
def test_a_copy_source_gives_the_version_back(key, version):
    source = arrive(key=key, version_id=version).copy_source
    assert source.isascii()
    assert source.isprintable()
    place, _, quoted = source.partition("?versionId=")
    assert unquote(place) == f"inbox/{key}"
    assert unquote(quoted) == version


NAMES = st.text(alphabet="ab-/.\0", min_size=1, max_size=4)
BUCKETS = st.text(alphabet="ab-.", min_size=3, max_size=5)
VERSIONS = st.text(alphabet="ab-./", min_size=1, max_size=4)
PLACES = st.tuples(BUCKETS, NAMES, VERSIONS)


@given(PLACES, PLACES)
@example(("abc", "a\0b", "c"), ("abc", "a", "b"))
@example(("abc", "ab", "c"), ("abca", "b", "c"))
@example(("abc", "a", "bc"), ("abc", "ab", "c"))
def test_each_version_has_a_name_of_its_own(one, other):
    assert (arrive(*one).execution_name == arrive(*other).execution_name) == (one == other)


@given(TEXT)
def test_a_name_is_one_that_step_functions_takes_for_any_key(key):
    name = arrive(key=key).execution_name
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")
    assert arrive(key=key).document_id == name[:32]


def test_a_name_does_not_hang_on_how_the_object_was_announced():
    again = replace(arrive(), size_bytes=6, event_time=datetime(2027, 1, 1, tzinfo=UTC))
    assert again.execution_name == arrive().execution_name


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
        arrival_in(body)


def test_a_refusal_never_repeats_the_message():
    with pytest.raises(UnreadableMessageError) as refusal:
        arrival_in(json.dumps(event(key="jane-doe.wav", size="secret")))
    assert "jane" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_batch_has_each_version_once_and_fails_by_message():
    batch = read_batch(
        [
            message("one"),
            message("again"),
            message("other", **{"version-id": "v2"}),
            message("folder", key="calls/", size=0),
            message("file", key="calls/", size=1),
            {"messageId": "bad", "body": "no json"},
        ]
    )
    assert [arrival.version_id for arrival in batch.arrivals.values()] == ["v1", "v2", "v1"]
    assert list(batch.announced_by.values()) == [("one", "again"), ("other",), ("file",)]
    assert (list(batch.unreadable), batch.ignored, batch.repeats) == (["bad"], 1, 1)
