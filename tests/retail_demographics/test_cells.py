"""Cells: readable, reversible, and nothing that a spreadsheet or a CSV reader acts on."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_demographics.cells import decode, encode, moment, number, truth, word

DANGEROUS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n %\"\\'\u2028\u2029\u0085\x00é,;/"


@given(st.text() | st.text(alphabet=DANGEROUS))
def test_every_text_comes_back_with_any_url_decoder(text):
    assert unquote_plus(encode(text)) == text
    assert decode(encode(text)) == text


@given(st.text() | st.text(alphabet=DANGEROUS))
def test_no_cell_starts_a_formula_or_breaks_a_row(text):
    cell = encode(text)
    assert not cell.startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert not cell[:1].isspace()
    assert not set('+"\\') & set(cell)
    assert not {unicodedata.category(character) for character in cell} & {"Cc", "Zl", "Zp"}


@pytest.mark.parametrize(
    "text", ["", "Zürich, Bahnhof 2", "東京/渋谷", "a-b=c@d", "👩‍🦰.jpg", "'x'"]
)
def test_what_harms_nobody_stays_readable(text):
    assert encode(text) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("x")', "%3DHYPERLINK(%22x%22)"),
        ("-1", "%2D1"),
        ("\uff1d1", "%EF%BC%9D1"),
        (" a b ", "%20a b "),
        ("50%+1", "50%25%2B1"),
        ("a\r\nb", "a%0D%0Ab"),
        ("\u2028", "%E2%80%A8"),
    ],
)
def test_what_could_harm_is_percent_encoded(text, cell):
    assert encode(text) == cell


def test_a_moment_is_utc_to_the_millisecond():
    rome = timezone(timedelta(hours=1))
    assert moment(datetime(2026, 3, 1, 0, 30, 5, 250999, tzinfo=rome)) == "2026-02-28 23:30:05.250"
    assert moment(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01 00:00:00.000"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_exactly(value):
    assert float(number(value)) == value


@pytest.mark.parametrize("value", [None, True, "12", float("nan"), float("inf"), [], {}])
def test_what_is_no_number_is_an_empty_cell(value):
    assert number(value) == ""


def test_a_truth_is_a_word_and_a_missing_one_is_empty():
    assert [truth(value) for value in (True, False, None, 1, "true")] == [
        "true",
        "false",
        "",
        "",
        "",
    ]


def test_a_word_is_text_or_nothing():
    assert [word(value) for value in ("HAPPY", "=1", None, 7)] == ["HAPPY", "%3D1", "", ""]
