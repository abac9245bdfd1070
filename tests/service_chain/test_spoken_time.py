"""When what stands in a transcript was said."""

import pytest

from service_chain.spoken_time import times_of

# "Hello there. Bye."
WORDS = [
    {"text": "Hello", "start": 0.5, "end": 0.9, "begin": 0, "end_offset": 5},
    {"text": "there", "start": 1.0, "end": 1.4, "begin": 6, "end_offset": 11},
    {"text": "Bye", "start": 2.0, "end": 2.5, "begin": 13, "end_offset": 16},
]


@pytest.mark.parametrize(
    ("span", "time"),
    [
        ((0, 5), (0.5, 0.9)),
        ((0, 12), (0.5, 1.4)),
        ((3, 7), (0.5, 1.4)),
        ((6, 17), (1.0, 2.5)),
        ((5, 6), None),
        ((11, 13), None),
        ((16, 17), None),
        ((4, 4), None),
    ],
)
def test_a_span_is_spoken_while_its_words_are(span, time):
    assert list(times_of([span], WORDS)) == [time]


def test_two_who_talk_at_once_are_heard_from_the_first_to_the_last():
    words = [WORDS[0] | {"start": 5.0, "end": 6.0}, WORDS[1] | {"start": 4.5, "end": 5.2}]
    assert list(times_of([(0, 11)], words)) == [(4.5, 6.0)]


def test_in_silence_nothing_is_spoken():
    assert list(times_of([(0, 5)], [])) == [None]
