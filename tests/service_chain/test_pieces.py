"""Any text is cut within limits, and nothing of it is lost: the law that all else stands on."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service_chain import pieces as module
from service_chain.graphemes import is_boundary
from service_chain.pieces import MIN_BYTES, pieces
from service_chain.sentences import last_break

PARTS = [
    *(
        "word",
        "e\u0301",
        "\u4eca\u65e5\u306f",
        "\u3002",
        "\uff01",
        ". ",
        "! ",
        "?",
        " ",
        "\n",
        "\r\n",
    ),
    *("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U0001f44b\U0001f3fd"),
    *("\u2028", "\u2029", "\x85", "\xa0", "\u3000", "\x00", "\ufeff", "\u200b", "\u0301", "\ufe0f"),
    *("\u1112\u1161\u11ab", "\ud55c\uad6d\uc5b4", "\u0645\u0631\u062d\u0628\u0627", "\u061f "),
    *("\u0928\u092e\u0938\u094d\u0924\u0947", "\u0964", "\U00020000", "z" * 40, "3.14", "e.g. "),
]
ANY_TEXT = st.text() | st.lists(st.sampled_from(PARTS), max_size=80).map("".join)


@given(ANY_TEXT, st.integers(MIN_BYTES, 100), st.integers(MIN_BYTES, 100) | st.none())
@example("", 16, None)
@example(" \u0301" + "x" * 40, 16, None)
@example(" " + "\u0301" * 40, 16, None)
@example("x" * 16 + " \n" * 40 + "y", 16, None)
def test_pieces_fit_are_not_blank_and_leave_out_nothing_but_blanks(text, size, characters):
    end = 0
    for piece in pieces(text, size, characters):
        body = text[piece.begin : piece.end]
        assert body.strip()
        assert len(body.encode()) <= size
        assert len(body) <= (characters or size)
        assert piece.begin >= end
        assert not text[end : piece.begin].strip()
        end = piece.end
    assert not text[end:].strip()


@given(ANY_TEXT)
def test_no_character_is_cut_that_fits(text):
    for begin, end in pieces(text, 64):
        if "\u200d" not in text and "\u0301" * 3 not in text and "\ufe0f" * 3 not in text:
            assert is_boundary(text, begin)
            assert is_boundary(text, end)


def test_a_blank_that_carries_a_mark_goes_with_it():
    text = "x" * 16 + "  \u0301" + "y"
    assert [text[begin:end] for begin, end in pieces(text, 16)] == ["x" * 16, " \u0301y"]


@given(st.lists(st.sampled_from(["One. ", "Is it so? ", "It is! "]), min_size=1, max_size=60))
def test_where_all_sentences_fit_none_is_cut(sentences):
    text = "".join(sentences)
    assert {text[piece.end - 1] for piece in pieces(text, 32)} <= set(".?!")


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=60))
def test_where_all_words_fit_none_is_cut(words):
    text = " ".join(words)
    assert [w for begin, end in pieces(text, 16) for w in text[begin:end].split()] == words


@pytest.mark.parametrize("size", [MIN_BYTES - 1, 0, -1])
def test_a_limit_that_no_text_can_be_cut_by_is_refused(size):
    with pytest.raises(ValueError, match=f"pieces of {size} bytes; want at least 16"):
        next(pieces("text", size))
    with pytest.raises(ValueError, match="want at least 16"):
        next(pieces("text", 100, MIN_BYTES - 1))


HARD = [
    *("a", "word and. ", "\u4eca\u65e5\u306f\u3002", "a b.", ".", "?!", '."', "\n", "\r\n \r\n"),
    *(" ", " x", "\u0301", "\U0001f1e9", "\u200d", "\U0001f468\u200d", "\u1112", "e.g. ", "7. "),
    *("\u3001", "." * 8999 + "a", "a " + "b" * 9000, "A. " + "b" * 9000, "\n\n" + "b" * 9000),
]


@pytest.mark.parametrize("part", HARD, ids=lambda part: ascii(part[:9]))
@pytest.mark.parametrize("size", [1000, 9000])
def test_what_is_looked_at_grows_with_the_text_and_not_faster(part, size, monkeypatch):
    looked_at = []

    def count(text, start, end):
        looked_at.append(end - start)
        return last_break(text, start, end)

    monkeypatch.setattr(module, "last_break", count)
    text = "x" + part * (600_000 // len(part.encode())) + "x"
    count_of_pieces = sum(1 for _ in pieces(text, size))
    assert sum(looked_at) <= 4 * len(text) + 4 * size
    assert count_of_pieces <= 4 * len(text.encode()) / size + 4
