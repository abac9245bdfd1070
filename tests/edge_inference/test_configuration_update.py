"""What a deployment makes of a component's configuration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.edge_inference.configuration_update import updated

DEFAULT = {"site": "a", "source": {"kind": "folder", "rate": 2}, "list": [1, 2]}
KEYS = st.sampled_from("abcd/~")
VALUES = st.recursive(
    st.integers() | st.text(max_size=3), lambda v: st.dictionaries(KEYS, v, max_size=3)
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)


CURRENT = {"site": "b", "source": {"kind": "camera", "extra": 1}, "list": []}


@pytest.mark.parametrize(
    ("reset", "merge", "changed"),
    [
        ([], {}, {}),
        (["/site"], {}, {"site": "a"}),
        (["/source/extra"], {}, {"source": {"kind": "camera"}}),
        (["/source/kind/deep", "/no/where"], {}, {}),
        ([""], {"source": {"rate": 5}}, {**DEFAULT, "source": {"kind": "folder", "rate": 5}}),
        ([], {"source": {"rate": 5}}, {"source": {"kind": "camera", "extra": 1, "rate": 5}}),
        ([], {"list": [3]}, {"list": [3]}),
        ([], {"source": "none"}, {"source": "none"}),
        (["/site"], {"site": "c"}, {"site": "c"}),
    ],
)
def test_what_is_reset_is_reset_first(reset, merge, changed):
    before = repr(CURRENT)
    assert updated(CURRENT, DEFAULT, reset=reset, merge=merge) == {**CURRENT, **changed}
    assert repr(CURRENT) == before


def test_a_slash_in_a_key_is_written_as_pointers_write_it():
    assert updated({"a/b": 1, "~": 2}, {}, reset=["/a~1b", "/~0"]) == {}


def test_what_is_no_pointer_is_told():
    with pytest.raises(ValueError, match="'site' is no JSON pointer"):
        updated({}, {}, reset=["site"])


@given(OBJECTS, OBJECTS, OBJECTS)
def test_a_deployment_delivered_twice_is_as_delivered_once(current, default, merge):
    once = updated(current, default, reset=["/a"], merge=merge)
    assert updated(once, default, reset=["/a"], merge=merge) == once


@given(OBJECTS, OBJECTS)
def test_all_reset_is_the_default(current, default):
    assert updated(current, default, reset=[""]) == default
