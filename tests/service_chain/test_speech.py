"""What Polly is given: all that can be heard, in pieces that it and the state machine take."""

import json

from hypothesis import given
from hypothesis import strategies as st

from service_chain.speech import speech_pieces


@given(st.text())
def test_all_that_is_not_blank_is_spoken_in_order(text):
    spoken = "".join("".join(speech_pieces(text)).split())
    heard = "".join(c for c in text if c.isprintable() or c.isspace() or ord(c) > 0x9F)
    assert spoken == "".join(heard.split())


def test_a_piece_has_at_most_fifty_thousand_characters_and_a_hundred_thousand_bytes():
    assert [len(piece) for piece in speech_pieces("x" * 120_000)] == [50_000, 50_000, 20_000]
    pieces = list(speech_pieces("\u4eca" * 50_000))
    assert max(len(piece.encode()) for piece in pieces) <= 100_000
    assert "".join(pieces) == "\u4eca" * 50_000


def test_a_piece_of_control_characters_fits_into_a_state():
    pieces = list(speech_pieces("\x00\x1f\n\\" * 100_000))
    assert max(len(json.dumps(piece)) for piece in pieces) < 256 * 1024
