"""Where a text is cut: the last sentence, else line, else word, else character."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.sentences import LOOKED_AT_ONCE, ends_from_the_last, last_break


def cut(text, room):
    """Cut once; what comes first, without the blanks behind it."""
    return text[: last_break(text, 0, room)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two. Three go on", "One. Two."),
        ("Is it? No! Not any more", "Is it? No!"),
        ('He said "go." She did not', 'He said "go."'),
        ("(It is.) And so on and on", "(It is.)"),
        ("Wait... And then it went", "Wait..."),
        (
            "\u4eca\u65e5\u306f\u3002\u660e\u65e5\u306f\uff01\u305d\u3046",
            "\u4eca\u65e5\u306f\u3002\u660e\u65e5\u306f\uff01",
        ),
        (
            "\u300c\u306f\u3044\u3002\u300d\u305d\u3057\u3066\u3069\u3046",
            "\u300c\u306f\u3044\u3002\u300d",
        ),
        (
            "\u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f \u0623\u0646\u0627 \u0628\u062e",
            "\u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f",
        ),
        (
            "\u0928\u092e\u0938\u094d\u0924\u0947\u0964 \u0906\u092a \u0915\u0948\u0938\u0947",
            "\u0928\u092e\u0938\u094d\u0924\u0947\u0964",
        ),
        ("A heading\n\nand a text that goes", "A heading"),
        ("A heading\r\n \r\nand a text that", "A heading"),
        ("One line\u2029and one more line", "One line"),
    ],
)
def test_a_sentence_end_is_preferred(text, first):
    assert cut(text, len(text) - 1) == first


@pytest.mark.parametrize(
    "text",
    [
        "All is well. Ask Mr. Smith for",
        "All is well. He paid 3.50 for",
        "All is well. See e.g. the other",
        "All is well. J. R. Tolkien went",
        "All is well. Am 13. Oktober war",
        "All is well. It is Sr. L\u00f3pez who",
        "All is well. See example.com for",
        "All is well. Call 555.1234 for it",
        "All is well. Ask at Yahoo. not at",
    ],
)
def test_a_doubtful_full_stop_is_none_where_there_is_a_better_one(text):
    assert cut(text, len(text) - 1) == "All is well."


def test_a_doubtful_full_stop_is_better_than_a_line_and_a_line_than_a_word():
    assert cut("this is item 7. It is\nlong and wide", 30) == "this is item 7."
    assert cut("this is an item of\na list and goes on", 30) == "this is an item of"
    assert cut("this is an item of\r\na list and goes on", 30) == "this is an item of"
    assert cut("this is an item of a list", 20) == "this is an item of a"
    assert cut("this is an item of a list", 19) == "this is an item of"


def test_a_comma_of_a_script_without_spaces_is_better_than_no_word_at_all():
    assert (
        cut("\u4eca\u65e5\u306f\u3001\u660e\u65e5\u306f\u660e\u65e5", 7)
        == "\u4eca\u65e5\u306f\u3001"
    )


def test_without_any_better_place_it_is_a_character():
    assert cut("ab\U0001f468\u200d\U0001f469cd", 4) == "ab"


def test_an_end_that_is_exactly_at_the_limit_counts():
    assert cut("One. Two. Three", 9) == "One. Two."
    assert cut("One. Two. Three", 8) == "One."
    assert cut("one two three", 7) == "one two"


def test_a_mark_on_a_full_stop_belongs_to_it():
    text = "\u4eca\u3002\u65e5\u3002\u0301\u306f\u306f"
    assert cut(text, 4) == "\u4eca\u3002"


@given(
    st.lists(st.sampled_from([*".!?)a\u3002\u201d ", "..." * 90, "a" * 199, "b" * LOOKED_AT_ONCE]))
)
def test_ends_are_the_same_whichever_way_they_are_looked_for(parts):
    window = "".join(parts)
    runs = re.finditer("[.!?\u3002]+[)\u201d]*", window)
    spans = [found.span() for found in runs]
    assert [found.span() for found in ends_from_the_last(window)] == spans[::-1]
