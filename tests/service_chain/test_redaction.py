"""No flagged span survives, and nothing else is touched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.redaction import Flag, flags, redact


def entry(begin, end, kind="NAME", score=0.9):
    return {"type": kind, "begin": begin, "end": end, "score": score}


@st.composite
def texts_with_pii(draw):
    # No brackets in the text: what a mask writes can then be told from it.
    text = draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[]")))
    places = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(places, places).map(sorted), max_size=8))
    kinds = st.sampled_from(["NAME", "EMAIL", "SSN"])
    scores = st.floats(0, 1)
    return text, [entry(begin, end, draw(kinds), draw(scores)) for begin, end in spans]


@given(texts_with_pii(), st.floats(0, 1))
def test_exactly_what_is_not_flagged_is_left(given_text, confidence):
    text, pii = given_text
    hidden = {at for e in pii if e["score"] >= confidence for at in range(e["begin"], e["end"])}
    spans = flags(pii, confidence)
    redacted = redact(text, spans)
    left = re.sub(r"\[(?:NAME|EMAIL|SSN)\]", "", redacted)
    assert left == "".join(c for at, c in enumerate(text) if at not in hidden)
    assert {at for span in spans for at in range(span.begin, span.end)} == hidden
    assert redacted.count("[") == len(spans)


def test_overlapping_spans_are_one_of_the_surest_type_and_adjacent_ones_are_two():
    pii = [entry(2, 5, "SSN", 0.6), entry(4, 8, "PHONE", 0.9), entry(8, 9, "NAME", 0.7)]
    assert flags(pii, 0.5) == [Flag(2, 8, "PHONE"), Flag(8, 9, "NAME")]
    assert redact("0123456789", flags(pii, 0.5)) == "01[PHONE][NAME]9"


def test_a_span_inside_another_does_not_end_it():
    assert flags([entry(0, 9, "ADDRESS", 0.9), entry(2, 3), entry(5, 12)], 0.5) == [
        Flag(0, 12, "ADDRESS")
    ]


@pytest.mark.parametrize(("score", "spans"), [(0.5, 1), (0.4999, 0), (1.0, 1)])
def test_confidence_is_that_from_which_a_span_is_flagged(score, spans):
    assert len(flags([entry(0, 4, score=score)], 0.5)) == spans


def test_a_span_of_nothing_hides_nothing():
    assert flags([entry(4, 4)], 0.5) == []


def test_offsets_count_characters_beyond_the_basic_plane_as_one():
    text = "\U0001f600 Ana \U0001f600"
    assert redact(text, [Flag(2, 5, "NAME")]) == "\U0001f600 [NAME] \U0001f600"
