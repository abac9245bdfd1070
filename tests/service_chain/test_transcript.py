"""Transcripts: each word's offsets point at it, whatever form Transcribe's output has."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.failures import Refused
from service_chain.graphemes import composed
from service_chain.transcript import base_of, transcript_of

LABELS = ("ch_0", "ch_1")


def spoken(content, start, **more):
    return {
        "type": "pronunciation",
        "start_time": f"{start:.2f}",
        "end_time": f"{start + 0.4:.2f}",
        "alternatives": [{"confidence": "0.97", "content": content}],
        **more,
    }


def mark(content, **more):
    alternatives = [{"confidence": "0.0", "content": content}]
    return {"type": "punctuation", "alternatives": alternatives, **more}


def output(text, items, **results):
    results = {"transcripts": [{"transcript": text}], "items": items, **results}
    return json.dumps({"jobName": "job", "results": results, "status": "COMPLETED"})


def placed(transcript):
    return [transcript.text[word["begin"] : word["end_offset"]] for word in transcript.words]


def test_words_have_their_time_their_confidence_and_their_place():
    items = [spoken("Hello", 0.5), mark(","), spoken("you", 1), mark(".")]
    transcript = transcript_of(output("Hello, you.", items))
    assert transcript.text == "Hello, you."
    assert transcript.words == [
        {
            "text": "Hello",
            "start": 0.5,
            "end": 0.9,
            "confidence": 0.97,
            "begin": 0,
            "end_offset": 5,
        },
        {"text": "you", "start": 1.0, "end": 1.4, "confidence": 0.97, "begin": 7, "end_offset": 10},
    ]
    assert transcript.seconds == 1.4
    assert transcript.language_code is None


@pytest.mark.parametrize("items", [[], None])
def test_silence_is_an_empty_transcript_and_no_failure(items):
    transcript = transcript_of(output("", items))
    assert (transcript.text, transcript.words, transcript.seconds) == ("", [], 0.0)


WORD = st.one_of(
    st.sampled_from(["a", "and", "I", "I'm", "it's", "the", "then", "U.S.", "東京", "é", "👩‍👩‍👧"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6),
)


ENDS = st.sampled_from(["", ",", ".", "?"])
UNSPACED = st.text(
    st.characters(min_codepoint=0x3041, max_codepoint=0x9FFF, categories=["Lo"]),
    min_size=1,
    max_size=4,
)


@given(
    st.tuples(st.just(" "), st.lists(st.tuples(WORD, ENDS)))
    | st.tuples(st.just(""), st.lists(st.tuples(UNSPACED, ENDS)))
)
def test_offsets_point_at_their_words(spaced_pairs):
    space, pairs = spaced_pairs
    items: list[dict[str, object]] = []
    parts: list[str] = []
    for place, (word, end) in enumerate(pairs):
        items += [spoken(word, place), mark(end)] if end else [spoken(word, place)]
        parts.append(word + end)
    transcript = transcript_of(output(space.join(parts), items))
    assert placed(transcript) == [composed(word) for word, _ in pairs]
    offsets = [(word["begin"], word["end_offset"]) for word in transcript.words]
    assert offsets == sorted(offsets)


@given(
    st.lists(st.tuples(WORD, st.sampled_from(LABELS)), max_size=30, unique_by=lambda pair: pair[0]),
    st.integers(0, 2),
)
def test_with_two_channels_offsets_point_at_their_words_in_whatever_order(pairs, order):
    """Items by channel, by time or as in the text: the text decides."""
    items = [spoken(word, place, channel_label=label) for place, (word, label) in enumerate(pairs)]
    by_channel = sorted(items, key=lambda item: item["channel_label"])
    text_order, item_order = [(items, items), (items, by_channel), (by_channel, items)][order]
    text = " ".join(item["alternatives"][0]["content"] for item in text_order)
    transcript = transcript_of(output(text, item_order))
    assert sorted(placed(transcript)) == sorted(composed(word) for word, _ in pairs)
    for word, item in zip(transcript.words, text_order, strict=True):
        assert word["channel"] == item["channel_label"]


def test_an_older_output_tells_channels_and_speakers_beside_the_items():
    items = [spoken("Hi", 0), spoken("there", 1), spoken("you", 2)]
    channels = [
        {"channel_label": "ch_0", "items": [items[0], items[2]]},
        {"channel_label": "ch_1", "items": [items[1]]},
    ]
    segments = [
        {"items": [{"start_time": "0.00", "speaker_label": "spk_0"}]},
        {"items": [{"start_time": "1.00", "speaker_label": "spk_1"}]},
    ]
    transcript = transcript_of(
        output(
            "Hi there you",
            items,
            channel_labels={"channels": channels},
            speaker_labels={"segments": segments},
        )
    )
    assert [word["channel"] for word in transcript.words] == ["ch_0", "ch_1", "ch_0"]
    assert [word.get("speaker") for word in transcript.words] == ["spk_0", "spk_1", None]


def test_a_speaker_may_stand_with_the_item():
    items = [spoken("Hi", 0, speaker_label="spk_1")]
    assert transcript_of(output("Hi", items)).words[0]["speaker"] == "spk_1"


def test_a_word_that_the_text_has_not_costs_no_other():
    items = [spoken("a", 0), spoken("lost", 1), spoken("man", 2)]
    assert placed(transcript_of(output("a man", items))) == ["a", "man"]
    items = [spoken("a", 1), spoken("band", 2)]
    assert placed(transcript_of(output("and a band", items))) == ["a", "band"]
    items = [spoken("the", 0), spoken("a", 1), spoken("and", 2)]
    assert placed(transcript_of(output("the and", items))) == ["the", "and"]


def test_words_that_only_the_text_has_cost_no_other():
    items = [spoken("one", 0), spoken("four", 3)]
    assert placed(transcript_of(output("one two three four", items))) == ["one", "four"]


def test_the_language_that_was_identified_is_told_with_its_score():
    guesses = [{"code": "de-DE", "score": "0.1"}, {"code": "en-US", "score": "0.85"}]
    transcript = transcript_of(
        output("Hi", [], language_code="en-US", language_identification=guesses)
    )
    assert (transcript.language_code, transcript.language_score) == ("en-US", 0.85)
    assert base_of("en-US") == "en"
    assert (base_of("zh-CN"), base_of("zh-TW")) == ("zh", "zh-TW")


def test_of_several_languages_the_one_spoken_longest_counts():
    codes = [
        {"language_code": "en-US", "duration_in_seconds": 3.5},
        {"language_code": "fr-FR", "duration_in_seconds": 31.25},
    ]
    assert transcript_of(output("Hi", [], language_codes=codes)).language_code == "fr-FR"


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"no json", b"{", b'{"results": {"transcripts": [{"tr', b"\xff\xfe", b"[" * 100_000),
        *("null", "[]", "{}", '{"results": []}', '{"results": {"transcripts": []}}'),
        *('{"results": {"transcripts": [{"transcript": 7}]}}', output("\ud800", [])),
        output("a\0b", []),
    ],
)
def test_what_has_not_the_form_is_damaged(data):
    with pytest.raises(Refused, match=r"^damaged: it looks like a transcript"):
        transcript_of(data)


BESIDE = "items channel_labels speaker_labels language_code language_codes language_identification"
WITHIN = (
    "items type alternatives content start_time channel_label channels segments score code "
    "language_code confidence speaker_label"
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WITHIN.split()), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(BESIDE.split()), JUNK))
def test_whatever_stands_beside_the_text_the_text_is_read(results):
    document = {"results": {**results, "transcripts": [{"transcript": "Hi"}]}}
    transcript = transcript_of(json.dumps(document))
    assert transcript.text == "Hi"
    assert set(placed(transcript)) <= {"Hi"}


def test_letters_and_accents_that_are_apart_are_put_together_in_text_and_words():
    apart = [unicodedata.normalize("NFD", word) for word in ("Ma\xf1ana", "Jos\xe9")]
    transcript = transcript_of(output(" ".join(apart), [spoken(w, n) for n, w in enumerate(apart)]))
    assert transcript.text == "Ma\xf1ana Jos\xe9"
    assert placed(transcript) == ["Ma\xf1ana", "Jos\xe9"]
    assert [word["text"] for word in transcript.words] == ["Ma\xf1ana", "Jos\xe9"]


def on_channels(text, *channels):
    """Write the newer output of Transcribe's, where every item says its channel."""
    labelled = [
        [item | {"channel_label": f"ch_{n}"} for item in items] for n, items in enumerate(channels)
    ]
    listed = [{"channel_label": f"ch_{n}", "items": items} for n, items in enumerate(labelled)]
    return output(
        text, [i for items in labelled for i in items], channel_labels={"channels": listed}
    )


def test_the_same_voice_on_both_channels_is_read_once_and_is_nobodys_channel():
    items = [spoken("Hello", 0), mark(","), spoken("Ana", 1), mark(".")]
    transcript = transcript_of(on_channels("Hello, Ana. Hello, Ana.", items, items))
    assert transcript.text == "Hello, Ana."
    assert placed(transcript) == ["Hello", "Ana"]
    assert not [word for word in transcript.words if "channel" in word]


def test_the_same_voice_in_a_script_without_spaces_is_read_once():
    items = [spoken("\u4eca\u65e5", 0), spoken("\u306f", 1), mark("\u3002")]
    text = "\u4eca\u65e5\u306f\u3002"
    assert transcript_of(on_channels(text * 2, items, items)).text == text


def test_two_voices_stay_on_their_channels():
    one, other = [spoken("Hello", 0), spoken("Ana", 1)], [spoken("Hello", 2), spoken("Ana", 3)]
    transcript = transcript_of(on_channels("Hello Ana Hello Ana", one, other))
    assert transcript.text == "Hello Ana Hello Ana"
    assert [word["channel"] for word in transcript.words] == ["ch_0", "ch_0", "ch_1", "ch_1"]
