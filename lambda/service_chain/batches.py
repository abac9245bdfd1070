"""The lines that Comprehend is given one at a time: batches of texts of one language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from service_chain.pieces import pieces

MAX_TEXTS = 25
MAX_BATCH_BYTES = 15_000
# All that Comprehend says of a batch travels through the state machine, where 256 KB is the most.
MAX_ANSWER_BYTES = 240_000
# Of one finding: its two offsets, its score and their names; an entity has a type as well. What is
# personal does not say its text.
_PHRASE_BYTES, _ENTITY_BYTES, _PII_BYTES = 75, 100, 95
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Batch:
    """A span of a text, and the texts in it; all places are in characters of the whole text."""

    n: int
    begin: int
    text: str
    texts: tuple[str, ...]
    offsets: tuple[int, ...]

    def line(self) -> dict[str, Any]:
        """Write the batch's line."""
        return {
            "n": self.n,
            "begin": self.begin,
            "text": self.text,
            "texts": list(self.texts),
            "offsets": list(self.offsets),
        }

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Self:
        """Read a batch's line back."""
        texts, offsets = tuple(line["texts"]), tuple(line["offsets"])
        return cls(line["n"], line["begin"], line["text"], texts, offsets)


def batches_of(
    text: str, item_bytes: int, batch_bytes: int = MAX_BATCH_BYTES, *, with_pii: bool = False
) -> Iterator[Batch]:
    """Put all of a text that is not blank into batches, each piece once and in order.

    A batch spans at most ``batch_bytes``, blanks between its texts included, and has at most 25
    texts of at most ``item_bytes`` each; a table of prices, where every word may be a finding, is
    cut finer than prose. Raises ValueError where an item may outgrow a batch.
    """
    if item_bytes > batch_bytes:
        problem = f"texts of {item_bytes} bytes in batches of {batch_bytes}; want no larger texts"
        raise ValueError(problem)
    n = size = end = answer = 0
    offsets: list[int] = []
    texts: list[str] = []
    for piece in pieces(text, item_bytes):
        item = text[piece.begin : piece.end]
        item_size, item_answer = len(item.encode()), answer_bytes(item, with_pii=with_pii)
        gap = len(text[end : piece.begin].encode())
        if texts and (
            len(texts) == MAX_TEXTS
            or size + gap + item_size > batch_bytes
            or answer + item_answer > MAX_ANSWER_BYTES
        ):
            yield Batch(n, offsets[0], text[offsets[0] : end], tuple(texts), tuple(offsets))
            n, size, answer, offsets, texts = n + 1, 0, 0, [], []
        answer += item_answer
        size += item_size + (gap if texts else 0)
        offsets.append(piece.begin)
        texts.append(item)
        end = piece.end
    if texts:
        yield Batch(n, offsets[0], text[offsets[0] : end], tuple(texts), tuple(offsets))


def answer_bytes(text: str, *, with_pii: bool = False) -> int:
    """Return how large the answers about a text may get that are kept together.

    Any word may be a key phrase. What may be an entity, or personal, has a figure or a capital in
    it; a script without capitals has no blanks either, and two of its characters may be one.
    """
    words = _WORD.findall(text)
    named = [word for word in words if not word.islower()]
    name_bytes = _ENTITY_BYTES + (_PII_BYTES if with_pii else 0)
    return max(_bytes_about(words, _PHRASE_BYTES), _bytes_about(named, name_bytes))


def _bytes_about(words: Sequence[str], finding_bytes: int) -> int:
    together = "".join(words)
    findings = len(words) if together.isascii() else sum(map(_findings, words))
    return findings * finding_bytes + len(together.encode())


def _findings(word: str) -> int:
    is_cased = word.isascii() or word.lower() != word.upper()
    return 1 if is_cased else -(-len(word) // 2)
