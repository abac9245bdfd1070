"""Putting documents together from the objects of the chain."""

import pytest

from demos.service_chain.results import places, recording_of, version_of


def test_places_are_in_the_order_of_the_text():
    things = [
        {"type": "B", "score": 0.5, "offsets": [[9, 12], [0, 3]]},
        {"type": "A", "score": 0.9, "offsets": [[0, 3]]},
    ]
    assert [(f.begin, f.type) for f in places(things, "type")] == [(0, "A"), (0, "B"), (9, "B")]


def test_a_document_lists_its_own_language_first_and_its_translations_with_their_engine(chain):
    complaint = chain.documents[1]
    assert [(v.language, v.engine) for v in complaint.versions] == [
        ("en", ""), ("es", "apertium"), ("fr", "pseudo"),
    ]  # fmt: skip
    assert complaint.source is complaint.versions[0]


def test_every_place_points_at_what_was_found(chain):
    source = chain.documents[1].source
    found = {source.text[f.begin : f.end] for f in source.pii}
    assert {"Eleanor Whitcombe", "4111 1111 1111 1111"} <= found


@pytest.fixture
def told():
    return {"language": "en", "is_source": True, "text_uri": "t", "redacted_uri": None}


@pytest.fixture
def lists():
    pii = [{"type": "NAME", "begin": 0, "end": 1, "score": score} for score in (0.4, 0.5)]
    return {"sentiment": None, "segments": [], "entities": [], "key_phrases": [], "pii": pii}


def test_a_span_that_is_not_sure_enough_is_no_personal_data(told, lists):
    assert [f.score for f in version_of(told, lists, {"t": "x"}, {}, 0.5).pii or ()] == [0.5]


def test_a_text_without_a_sentiment_is_neutral(told, lists):
    assert version_of(told, lists, {"t": "x"}, {}, 0.5).sentiment.label == "NEUTRAL"


def test_a_word_may_come_without_a_confidence():
    words = [{"start": 0, "end": 1, "confidence": None, "begin": 0, "end_offset": 2}]
    heard = recording_of(b"", "audio/flac", "Hi there.", "hi", words)
    assert heard.words[0].confidence is None
    assert heard.error_rate == 0.5
