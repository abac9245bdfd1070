"""Messages: whatever S3 and SQS deliver, in any order and number, the same objects come out."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.message_batches import read_batch as read
from runtime.object_events import UnreadableMessageError, notified_objects
from runtime.object_versions import ObjectVersion


def frames_in(text):
    return notified_objects(text, ObjectVersion)


def read_batch(messages):
    return read(messages, notified_objects, ObjectVersion)


def body(*records):
    return json.dumps({"Records": records})


def message(name, *records):
    return {"messageId": name, "body": body(*records)}


def test_a_recorded_event_is_read(event):
    (frame,) = frames_in(json.dumps(event("object_created")))
    assert frame.bucket == "frames"
    assert frame.key == "São Paulo/door 1/2026-03-01T09-00-00Z +1.jpg"
    assert frame.version_id == "096fKKXTRTtl3on89fVO.nfljtsv6qko"
    assert frame.e_tag == "d41d8cd98f00b204e9800998ecf8427e"
    assert frame.sequencer == "0055AED6DCD90281E5"
    assert frame.size_bytes == 204800
    assert frame.event_time == datetime(2026, 3, 1, 9, 0, 5, 250000, tzinfo=UTC)


@given(st.text(min_size=1))
def test_any_key_survives_the_journey(make_record, key):
    for quoted in (quote_plus(key), quote(key), quote(key, safe="")):
        (frame,) = frames_in(body(make_record(key=quoted)))
        assert frame.key == key


def test_what_is_no_new_object_announces_no_frame(event, make_record):
    removed = make_record() | {"eventName": "ObjectRemoved:DeleteMarkerCreated"}
    restored = make_record() | {"eventName": "ObjectRestore:Completed"}
    assert frames_in(json.dumps(event("test_event"))) == ()
    assert frames_in(body(removed, restored)) == ()
    assert frames_in(body()) == ()


@pytest.mark.parametrize("way", ["Put", "Post", "Copy", "CompleteMultipartUpload"])
def test_every_way_to_create_an_object_announces_a_frame(make_record, way):
    assert len(frames_in(body(make_record() | {"eventName": f"ObjectCreated:{way}"}))) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "no json", "[]", "null", "{}", '"x"', "12", '{"Records": null}', "[" * 100_000),
        *('{"Records": [null]}', '{"Records": [{}]}', '{"Records": {"0": {}}}'),
        '{"Records": [{"eventName": "ObjectCreated:Put"}]}',
        '{"Records": [{"eventName": "ObjectCreated:Put", "s3": []}]}',
    ],
)
def test_a_message_that_is_no_notification_is_refused(text):
    with pytest.raises(UnreadableMessageError, match=r"want|missing|names no"):
        frames_in(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": None},
        {"key": ""},
        {"key": 7},
        {"key": "%FF%FE"},
        {"key": "\ud800"},
        {"size": None},
        {"size": "12"},
        {"size": -1},
        {"size": 1.5},
        {"size": True},
        {"versionId": 3},
        {"versionId": None, "eTag": None},
    ],
)
def test_a_record_that_does_not_say_what_is_needed_is_refused(make_record, changes):
    with pytest.raises(UnreadableMessageError):
        frames_in(body(make_record(**changes)))


@pytest.mark.parametrize("time", [None, "", "yesterday", 12, "0001-01-01T00:00:00+14:00"])
def test_an_event_without_a_time_is_refused(make_record, time):
    with pytest.raises(UnreadableMessageError, match="eventTime"):
        frames_in(body(make_record() | {"eventTime": time}))


def test_a_refusal_never_repeats_the_message(make_record):
    with pytest.raises(UnreadableMessageError) as refusal:
        frames_in(body(make_record(key="jane-doe/door/1.jpg", size="secret")))
    assert "jane" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_message_fails_as_a_whole_and_alone(make_record):
    batch = read_batch(
        [
            message("good", make_record(key="a/b/1")),
            message("mixed", make_record(key="a/b/2"), make_record(key="a/b/3")),
            message("half", make_record(key="a/b/4"), make_record(size="?")),
            {"messageId": "bad", "body": "no json"},
            message("nothing"),
        ]
    )
    keys = {frame.key: frame_id for frame_id, frame in batch.objects.items()}
    assert set(keys) == {"a/b/1", "a/b/2", "a/b/3"}
    assert set(batch.unreadable) == {"half", "bad"}
    assert batch.messages_to_retry([keys["a/b/3"]]) == ["mixed", "half", "bad"]
    assert batch.messages_to_retry([]) == ["half", "bad"]


def test_a_frame_announced_twice_is_one_frame_and_fails_both_messages(make_record):
    again = [message("one", make_record()), message("two", make_record(), make_record())]
    batch = read_batch(again)
    assert len(batch.objects) == 1
    assert batch.repeats == 2
    assert batch.messages_to_retry(batch.objects) == ["one", "two"]


def test_the_first_announcement_of_a_frame_counts(make_record):
    late = make_record() | {"eventTime": "2026-03-01T10:00:00Z"}
    batch = read_batch([message("late", late), message("early", make_record())])
    (frame,) = batch.objects.values()
    assert frame.event_time.hour == 9


@pytest.mark.parametrize("key", ["paris/door/", "paris/", "paris/door_%24folder%24"])
def test_a_folder_marker_is_left_alone_and_an_object_of_its_name_is_not(make_record, key):
    marker, file = make_record(key=key, size=0), make_record(key=key, size=1)
    batch = read_batch([message("folder", marker), message("both", marker, make_record())])
    assert (len(batch.objects), batch.folder_markers, batch.repeats) == (1, 2, 0)
    assert batch.messages_to_retry(batch.objects) == ["both"]
    assert len(read_batch([message("file", file)]).objects) == 1


@given(
    arrivals=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("12"), st.sampled_from(["0A", "0B"])),
        max_size=12,
    ),
    data=st.data(),
)
def test_order_and_number_of_deliveries_change_nothing(make_record, arrivals, data):
    records = [make_record(key=f"s/c/{k}", versionId=v, sequencer=s) for k, v, s in arrivals]
    shuffled = data.draw(st.permutations(records * 2))
    once = read_batch([message(str(n), one) for n, one in enumerate(records)])
    often = read_batch([message(str(n), one) for n, one in enumerate(shuffled)])
    assert once.objects == often.objects


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["Records", "eventName", "s3", "object", "bucket", "key"])
                | st.text(),
                inner,
            )
        ),
    )
)
def test_no_message_breaks_the_batch(content):
    batch = read_batch([{"messageId": "m", "body": json.dumps(content)}])
    assert set(batch.unreadable) | set(batch.announced_by) == {"m"}
