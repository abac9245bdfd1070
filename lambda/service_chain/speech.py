"""The lines that Polly is given one at a time."""

import re
from collections.abc import Iterator

from service_chain.pieces import pieces

MAX_CHARACTERS = 50_000
MAX_BYTES = 100_000

# Nobody hears them, and JSON writes each with six characters: a piece of them would be too large
# for the state machine.
_SILENT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def speech_pieces(text: str) -> Iterator[str]:
    """Cut a text into pieces to be spoken, in order, at the ends of sentences where possible."""
    heard = _SILENT.sub("", text)
    for begin, end in pieces(heard, MAX_BYTES, MAX_CHARACTERS):
        yield heard[begin:end]
