"""Batches hold all of a text that is not blank, once, within what Comprehend takes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.speech.long_recordings import talk
from service_chain.batches import MAX_ANSWER_BYTES, Batch, answer_bytes, batches_of

PARTS = [
    "One. ",
    "two ",
    "\r\n",
    "\u2028",
    "\u4eca\u65e5\u3002",
    "\U0001f1e9\U0001f1ea",
    "e\u0301",
    "\x00",
    "z" * 70,
]
ANY_TEXT = st.text() | st.lists(st.sampled_from([*PARTS, " " * 200]), max_size=80).map("".join)


@given(ANY_TEXT, st.integers(16, 60), st.integers(60, 300))
def test_every_text_is_where_it_says_and_nothing_is_left_out_but_blanks(text, item, size):
    end = 0
    for n, batch in enumerate(batches_of(text, item, size)):
        assert batch.n == n
        assert 1 <= len(batch.texts) == len(batch.offsets) <= 25
        assert len(batch.text.encode()) <= size
        assert text[batch.begin :].startswith(batch.text)
        assert batch.offsets[0] == batch.begin
        for one, offset in zip(batch.texts, batch.offsets, strict=True):
            assert one.strip()
            assert len(one.encode()) <= item
            assert text[offset:].startswith(one)
            assert offset >= end
            assert not text[end:offset].strip()
            end = offset + len(one)
        assert batch.begin + len(batch.text) == end
    assert not text[end:].strip()


def test_a_batch_has_no_more_texts_than_comprehend_takes():
    batches = list(batches_of("x" * 16 * 60, 16))
    assert [len(batch.texts) for batch in batches] == [25, 25, 10]


def test_a_batch_is_as_full_as_it_may_be():
    batches = list(batches_of("x" * 1000 * 31, 1000))
    assert [len(batch.text) for batch in batches] == [15_000, 15_000, 1000]


def test_the_blanks_between_texts_count():
    text = ("x" * 16 + " " * 20) * 5
    assert [len(batch.text) for batch in batches_of(text, 16, 80)] == [52, 52, 16]


def test_a_megabyte_of_blanks_does_not_go_into_a_batch():
    batches = list(batches_of("one" + " " * 1_000_000 + "two", 1000))
    assert [(batch.begin, batch.text) for batch in batches] == [(0, "one"), (1_000_003, "two")]


def test_a_line_comes_back_and_fits_into_a_state():
    (batch,) = batches_of("\x00" * 14_000 + "x", 1000)
    line = json.dumps(batch.line())
    assert Batch.read(json.loads(line)) == batch
    assert len(line) < 256 * 1024
    assert list(batch.line()) == ["n", "begin", "text", "texts", "offsets"]


def test_texts_larger_than_a_batch_are_refused():
    with pytest.raises(ValueError, match="texts of 5000 bytes in batches of 4000"):
        next(batches_of("text", 5000, 4000))


def entity(text, begin, end):
    """Say of an entity what Comprehend does, at its longest."""
    score = 0.9999961256980896
    found = {"BeginOffset": begin, "EndOffset": end, "Score": score, "Text": text[begin:end]}
    return {**found, "Type": "COMMERCIAL_ITEM"}


@pytest.mark.parametrize(
    ("text", "width"),
    [("7 " * 40_000, 2), ("7,8," * 20_000, 2), ("Anna, " * 9_000, 6), ("\u4eca\u65e5" * 9_000, 2)],
)
def test_what_is_said_of_a_list_of_names_or_figures_fits_into_a_state(text, width):
    batches = list(batches_of(text, 1000))
    for batch in batches:
        found = [
            entity(one, n, n + width) for one in batch.texts for n in range(0, len(one), width)
        ]
        said = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
        assert len(said.encode()) < 256 * 1024
    assert len(batches) > 1


def personal(begin, end):
    """Say of what is personal what Comprehend does, at its longest."""
    kind = "INTERNATIONAL_BANK_ACCOUNT_NUMBER"
    score = 0.9999961256980896
    return {"Score": score, "Type": kind, "BeginOffset": begin, "EndOffset": end}


@pytest.mark.parametrize(("text", "width"), [("7 " * 40_000, 2), ("Anna, " * 9_000, 6)])
def test_so_does_what_is_personal_in_it_together_with_that(text, width):
    for batch in batches_of(text, 1000, with_pii=True):
        entities = [
            entity(one, n, n + width) for one in batch.texts for n in range(0, len(one), width)
        ]
        pii = [personal(n, n + width) for n in range(0, len(batch.text), width)]
        said = json.dumps([entities, pii], separators=(",", ":"), ensure_ascii=False)
        assert len(said.encode()) < 256 * 1024


@pytest.mark.parametrize("with_pii", [False, True])
def test_prose_is_cut_by_its_length_alone(with_pii):
    batches = list(batches_of(talk(30_000), 1000, with_pii=with_pii))
    assert len(batches) == len(talk(30_000)) // 15_000 + 1


def test_an_answer_is_larger_where_more_can_be_found():
    assert answer_bytes("") == answer_bytes(" \x00 ,") == 0
    assert answer_bytes("two words") < answer_bytes("Two Words")
    assert answer_bytes("Two Words") < answer_bytes("Two Words", with_pii=True)
    assert answer_bytes("\u4eca\u65e5\u4eca\u65e5") > answer_bytes("\u4eca\u65e5")
    assert answer_bytes("1 " * 2_500) > MAX_ANSWER_BYTES
