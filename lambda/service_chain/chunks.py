"""The lines that Translate is given one at a time, and the whole that its answers make."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service_chain.failures import Incomplete
from service_chain.pieces import pieces
from service_chain.sentences import CLOSERS, FULL_STOPS

# What goes with a chunk through the state machine has to stay small, whatever an author typed.
LONGEST_BLANK = 1000

# These languages write no space between sentences.
_UNSPACED = frozenset({"ja", "zh", "zh-TW", "th"})
_UNSPACED_ENDS = (*FULL_STOPS, *(mark for mark in CLOSERS if mark >= "\u3000"))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of text that begins at a character, and the blanks around it that no other holds."""

    n: int
    begin: int
    lead: str
    text: str
    tail: str

    def line(self) -> dict[str, Any]:
        """Write the chunk's line; a long run of blanks only by its place in the whole text.

        ``lead_at`` and ``tail_at`` say then where it begins and ends, in characters.
        """
        end = self.begin + len(self.text)
        line = {"n": self.n, "lead": self.lead, "text": self.text, "tail": self.tail}
        if len(self.lead) > LONGEST_BLANK:
            line |= {"lead": "", "lead_at": [self.begin - len(self.lead), self.begin]}
        if len(self.tail) > LONGEST_BLANK:
            line |= {"tail": "", "tail_at": [end, end + len(self.tail)]}
        return line


def chunks_of(text: str, max_bytes: int) -> Iterator[Chunk]:
    """Cut a text into chunks of at most ``max_bytes``; leads, texts and tails make it up exactly.

    A text that is blank has no chunks: there is nothing to translate.
    """
    found = pieces(text, max_bytes)
    here = next(found, None)
    lead = text[: here.begin] if here else ""
    n = 0
    while here:
        then = next(found, None)
        tail = text[here.end : then.begin if then else len(text)]
        yield Chunk(n, here.begin, lead, text[here.begin : here.end], tail)
        here, lead, n = then, "", n + 1


def has_long_blanks(lines: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether the whole text is wanted to put the lines' blanks back."""
    return any("lead_at" in line or "tail_at" in line for line in lines)


def assemble(
    lines: Sequence[Mapping[str, Any]], translated: Iterable[str], language: str, whole: str = ""
) -> str:
    """Put translated texts where the texts stood that they translate, in order.

    Sentences that stood without a space between them get one where ``language`` wants it.
    ``whole`` is the text that was cut, where ``has_long_blanks``. Raises Incomplete unless there
    is one translated text per line.
    """
    texts = list(translated)
    if len(texts) != len(lines):
        problem = f"{len(texts)} translated texts for {len(lines)} chunks; want one each"
        raise Incomplete(problem)
    parts: list[str] = []
    for place, (line, text) in enumerate(zip(lines, texts, strict=True)):
        tail = _blanks(line, "tail", whole)
        if not tail and place + 1 < len(lines) and _wants_space(line["text"], text, language):
            tail = " "
        parts += (_blanks(line, "lead", whole), text, tail)
    return "".join(parts)


def _blanks(line: Mapping[str, Any], side: str, whole: str) -> str:
    if place := line.get(f"{side}_at"):
        return whole[place[0] : place[1]]
    blanks: str = line[side]
    return blanks


def _wants_space(source: str, translated: str, language: str) -> bool:
    if language in _UNSPACED or not source.endswith(_UNSPACED_ENDS):
        return False
    return not translated.endswith(_UNSPACED_ENDS) and not translated[-1:].isspace()
