"""Objects of the inbox: what their execution is told, under one name for ever."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

from hypothesis import example, given
from hypothesis import strategies as st

from service_chain.inbox_objects import InboxObject

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def arrive(bucket="inbox", key="k", version_id="v1"):
    came = datetime(2026, 3, 1, 9, tzinfo=UTC)
    return InboxObject(bucket, key, version_id, "e", "0A", 5, came)


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
    assert arrive(key=key).object_id == name[:32]


def test_a_name_does_not_hang_on_how_the_object_was_announced():
    again = replace(arrive(), size_bytes=6, event_time=datetime(2027, 1, 1, tzinfo=UTC))
    assert again.execution_name == arrive().execution_name
