"""Chunks make up the text exactly; their translations take their places, in order."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.chunks import LONGEST_BLANK, assemble, chunks_of, has_long_blanks
from service_chain.failures import Incomplete

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
PARTS += [" " * (LONGEST_BLANK + 1), "\n" * 300]
ANY_TEXT = st.text() | st.lists(st.sampled_from(PARTS), max_size=60).map("".join)


def lines_of(text, size=64):
    return [chunk.line() for chunk in chunks_of(text, size)]


@given(ANY_TEXT, st.integers(16, 100))
def test_leads_texts_and_tails_make_up_the_text_exactly(text, size):
    chunks = list(chunks_of(text, size))
    assert [chunk.n for chunk in chunks] == list(range(len(chunks)))
    assert all(chunk.text.strip() and len(chunk.text.encode()) <= size for chunk in chunks)
    assert all(text[chunk.begin :].startswith(chunk.text) for chunk in chunks)
    whole = "".join(chunk.lead + chunk.text + chunk.tail for chunk in chunks)
    assert whole == (text if text.strip() else "")


@given(ANY_TEXT, st.integers(16, 100))
def test_texts_that_translate_to_themselves_make_up_the_text(text, size):
    lines = lines_of(text, size)
    again = assemble(lines, [line["text"] for line in lines], "ja", text)
    assert again == (text if text.strip() else "")


def test_a_text_of_one_word_of_a_megabyte_is_cut_and_comes_back():
    text = "\u00fc" * 524_288
    chunks = list(chunks_of(text, 9000))
    assert {len(chunk.text.encode()) for chunk in chunks[:-1]} == {9000}
    assert "".join(chunk.text for chunk in chunks) == text


@pytest.mark.parametrize("text", ["", " ", "\r\n\u2028\u3000" * 1000])
def test_a_blank_text_has_no_chunks(text):
    assert lines_of(text) == []


def test_a_line_is_small_however_many_blanks_there_are():
    text = " " * 300_000 + "one" + "\n" * 300_000 + "two" + "\t" * 300_000
    lines = lines_of(text)
    assert has_long_blanks(lines)
    assert all(len(json.dumps(line)) < 2 * LONGEST_BLANK for line in lines)
    assert assemble(lines, ["uno", "dos"], "es", text) == text.replace("one", "uno").replace(
        "two", "dos"
    )


def test_a_usual_line_has_all_that_it_takes():
    lines = lines_of("\tOne is here. Two is over there, and goes on. \n", 32)
    assert lines[0] == {"n": 0, "lead": "\t", "text": "One is here.", "tail": " "}
    assert lines[-1]["tail"] == " \n"
    assert not has_long_blanks(lines)


@pytest.mark.parametrize("texts", [[], ["uno"], ["uno", "dos", "tres"]])
def test_a_translation_too_few_or_too_many_is_an_error(texts):
    lines = lines_of("a" * 20, 16)
    assert len(lines) == 2
    with pytest.raises(Incomplete, match=f"{len(texts)} translated texts for 2 chunks"):
        assemble(lines, texts, "es")


def test_sentences_of_a_script_without_spaces_get_a_space_where_the_language_wants_one():
    lines = lines_of("\u4eca\u65e5\u306f\u3002" * 2, 16)
    assert [line["text"] for line in lines] == ["\u4eca\u65e5\u306f\u3002"] * 2
    assert assemble(lines, ["Hoy.", "Hoy."], "es") == "Hoy. Hoy."
    assert assemble(lines, ["Hoy. ", "Hoy."], "es") == "Hoy. Hoy."
    assert assemble(lines, ["\u4eca\u3002", "\u4eca\u3002"], "zh-TW") == "\u4eca\u3002\u4eca\u3002"
    assert assemble(lines, ["\u4eca\u3002", "\u4eca\u3002"], "es") == "\u4eca\u3002\u4eca\u3002"
    halves = lines_of("\u4eca\u65e5\u306f" * 3, 16)
    assert assemble(halves, ["ho", "y"], "es") == "hoy"
