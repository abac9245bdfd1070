"""One voice on both channels is one speaker; two people are two, even if they say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.one_voice import is_one_voice

WORDS = st.lists(
    st.tuples(st.integers(0, 600).map(lambda tenth: tenth / 2), st.sampled_from("abcde")),
    min_size=1,
    max_size=40,
    unique_by=lambda said: said[0],
)


@given(WORDS, st.floats(-0.09, 0.09), st.randoms())
def test_a_copy_is_one_voice_whatever_its_small_delay(words, delay, random):
    copy = [(begin + delay, word.upper()) for begin, word in words]
    random.shuffle(copy)
    assert is_one_voice([words, copy])


def test_a_word_now_and_then_may_be_heard_otherwise():
    words = [(float(second), "word") for second in range(20)]
    assert is_one_voice([words, [*words[:18], (18.0, "ward"), (19.0, "work")]])
    assert not is_one_voice([words, [*words[:17], (17.0, "w"), (18.0, "w"), (19.0, "w")]])


@given(WORDS)
def test_an_answer_is_another_voice(words):
    answer = [(begin + 0.25, word) for begin, word in words]
    assert not is_one_voice([words, answer])


@pytest.mark.parametrize(
    "channels",
    [[], [[(0.0, "a")]], [[(0.0, "a")], []], [[], []], [[(0.0, "a")]] * 3],
)
def test_fewer_or_more_channels_than_two_or_silence_on_one_are_no_copy(channels):
    assert not is_one_voice(channels)
