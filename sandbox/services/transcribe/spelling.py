"""Spoken words as Transcribe writes them: sentences, capitals, figures, a vocabulary's spelling."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sandbox.services.transcribe.recognition import Word

Spellings = Mapping[tuple[str, ...], str]
_DIGITS = {
    word: str(digit)
    for digit, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
}
_LEAST_DIGITS = 3  # fewer are words: "one or two"
_GROUPS = {7: (3,), 10: (3, 6)}  # the two lengths of a telephone number in the United States


def written(words: Sequence[Word], spellings: Spellings) -> list[Word]:
    """Write one segment as a sentence, without its full stop.

    The recognizer has lower-case words only. A segment begins with a capital, so does the word I,
    three or more spoken digits are one number, and phrases of a vocabulary are spelled as it says.
    """
    items, at = [], 0
    while at < len(words):
        item, length = _spelled(words[at:], spellings) or _number(words[at:]) or (words[at], 1)
        items.append(item)
        at += length
    texts = [_pronoun(item.text) for item in items]
    texts[:1] = [text[:1].upper() + text[1:] for text in texts[:1]]
    return [Word(text, item.start, item.end) for text, item in zip(texts, items, strict=True)]


def _spelled(words: Sequence[Word], spellings: Spellings) -> tuple[Word, int] | None:
    for length in sorted({len(spoken) for spoken in spellings}, reverse=True):
        said = tuple(word.text for word in words[:length])
        if len(said) == length and said in spellings:
            return _joined(spellings[said], words[:length]), length
    return None


def _number(words: Sequence[Word]) -> tuple[Word, int] | None:
    digits = ""
    for word in words:
        if word.text not in _DIGITS:
            break
        digits += _DIGITS[word.text]
    if len(digits) < _LEAST_DIGITS:
        return None
    cuts = (0, *_GROUPS.get(len(digits), ()), len(digits))
    text = "-".join(digits[a:b] for a, b in pairwise(cuts))
    return _joined(text, words[: len(digits)]), len(digits)


def _joined(text: str, words: Sequence[Word]) -> Word:
    return Word(text, words[0].start, words[-1].end)


def _pronoun(text: str) -> str:
    return text[0].upper() + text[1:] if text == "i" or text.startswith("i'") else text
