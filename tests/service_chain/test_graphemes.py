"""Characters as people see them are not cut in two."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.graphemes import clusters, composed, is_boundary, last_boundary, whole

WHOLE = [
    "e\u0301",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f44b\U0001f3fd",
    "\u2764\ufe0f",
    "\U0001f1e9\U0001f1ea",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "1\ufe0f\u20e3",
    "\u1112\u1161\u11ab",
    "\ud55c\u11ab",
    "\uac00\u11a8",
    "\u0915\u093e",
    "\u0e01\u0e33"[:1] + "\u0e34",
    "\r\n",
]


@pytest.mark.parametrize("character", WHOLE)
def test_a_character_of_several_code_points_is_one(character):
    assert not [at for at in range(1, len(character)) if is_boundary(character, at)]


@pytest.mark.parametrize("pair", ["ab", "a ", "\n\u0301", "a\n", "\u4eca\u65e5", "\u1161\u1112"])
def test_two_characters_are_two(pair):
    assert is_boundary(pair, 1)


@given(st.lists(st.sampled_from([*WHOLE, "a", " ", "\u4eca", "\n"]), min_size=1))
def test_characters_in_a_row_are_told_apart(characters):
    text = "".join(characters)
    found = {at for at in range(len(text) + 1) if is_boundary(text, at)}
    ends = {0}
    for character in characters:
        ends.add(max(ends) + len(character))
    assert found <= ends
    # What joins across the row: two jamos make a syllable, a CR and an LF one line's end.
    joined = ends - found
    assert all(text[at] in "\u11a8\u11ab\u1112\ud55c\uac00\n" for at in joined)


def test_the_last_boundary_is_before_a_family_that_does_not_fit():
    text = "ab\U0001f468\u200d\U0001f469cd"
    assert [last_boundary(text, 0, end) for end in range(1, 7)] == [1, 2, 2, 2, 5, 6]


def test_flags_are_counted_from_the_start():
    flags = "\U0001f1e9\U0001f1ea" * 4
    assert [last_boundary(flags, 0, end) for end in range(2, 8)] == [2, 2, 4, 4, 6, 6]
    assert [last_boundary(flags, 2, end) for end in range(4, 8)] == [4, 4, 6, 6]


def test_a_character_longer_than_all_room_is_cut_between_code_points():
    assert last_boundary("a" + "\u0301" * 100, 0, 50) == 50
    assert last_boundary("ab" + "\u0301" * 100, 0, 50) == 1


@given(st.lists(st.sampled_from([*WHOLE, "a", " ", "\u4eca"]), min_size=1), st.data())
def test_a_span_is_widened_to_whole_characters_and_no_further(characters, data):
    text = "".join(characters)
    places = st.integers(0, len(text))
    begin, end = sorted((data.draw(places), data.draw(places)))
    wide_begin, wide_end = whole(text, begin, end)
    assert is_boundary(text, wide_begin)
    assert is_boundary(text, wide_end)
    assert not [at for at in range(wide_begin + 1, begin + 1) if is_boundary(text, at)]
    assert not [at for at in range(end, wide_end) if is_boundary(text, at)]


@given(st.text())
def test_a_text_is_cut_into_characters_and_nothing_is_lost(text):
    assert "".join(clusters(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "Ma\xf1ana, Jos\xe9 N\xfa\xf1ez!",
        "\ud55c\uad6d\uc5b4",
        "Vi\u1ec7t Nam",
        "\u0939\u093f\u0902\u0926\u0940",
    ],
)
def test_what_is_apart_is_put_together(text):
    assert composed(unicodedata.normalize("NFD", text)) == text
    assert composed(text) == text


@given(st.text())
def test_putting_together_changes_nothing_that_is_seen(text):
    assert unicodedata.normalize("NFD", composed(text)) == unicodedata.normalize("NFD", text)
    assert composed(composed(text)) == composed(text)


def test_a_sign_of_a_name_keeps_its_shape():
    assert composed("\ufa19 a\u0301 \u212b") == "\ufa19 \xe1 \u212b"


def test_what_is_plain_is_cut_anywhere_but_within_a_lines_end():
    plain = "".join(map(chr, range(0x300)))
    cut = {a + b for a in plain for b in "\r\n\u02ffe\xe9\xad" if is_boundary(a + b, 1)}
    whole_ones = {a + b for a in plain for b in "\r\n\u02ffe\xe9\xad"} - cut
    assert whole_ones == {"\r\n"}
