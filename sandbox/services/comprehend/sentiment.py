"""Sentiment in Comprehend's four classes: VADER for English, small word lists for three more."""

import importlib
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from sandbox.services.comprehend import lists

LANGUAGES = ("en", "es", "fr", "de")
LABELS = ("Positive", "Negative", "Neutral", "Mixed")
NEUTRAL = {"Positive": 0.0, "Negative": 0.0, "Neutral": 1.0, "Mixed": 0.0}
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?…]+(?=\s)|(?=\n)|\Z)")
_BUT = re.compile(r"(?i),? (?=but\b|however\b|although\b|pero\b|aunque\b|mais\b|aber\b)")
_INDIFFERENCE = 0.35  # what feeling must outweigh; "please" alone has 0.32
_SURENESS = 3  # Comprehend is seldom in doubt; the order of the scores does not change
_REACH = 3  # words that a negation turns round


def weigh(text: str, language: str) -> dict[str, float]:
    """Give the four scores, which sum to 1; a language without a list is neutral throughout."""
    if language not in LANGUAGES:
        return dict(NEUTRAL)
    feel = _vader() if language == "en" else _counter(language)
    parts = [part for sentence in _SENTENCE.findall(text) for part in _BUT.split(sentence)]
    felt = [(feel(part), len(part)) for part in parts if part.strip()]
    total = sum((0.3 + abs(value)) * size for value, size in felt) or 1.0
    good = sum((0.3 + abs(v)) * n * v for v, n in felt if v > 0) / total
    bad = sum((0.3 + abs(v)) * n * -v for v, n in felt if v < 0) / total
    both = 2 * min(good, bad)
    evidence = (good - both / 2, bad - both / 2, _INDIFFERENCE, both * 1.5)
    weights = [value**_SURENESS for value in evidence]
    return {name: weight / sum(weights) for name, weight in zip(LABELS, weights, strict=True)}


def label(scores: dict[str, float]) -> str:
    """Name the class with the highest score, as Comprehend spells it."""
    return max(LABELS, key=scores.__getitem__).upper()


@cache
def _vader() -> Callable[[str], float]:
    # Imported here: a server that is never asked for sentiment need not read the lexicon.
    analyzer: Any = importlib.import_module(
        "vaderSentiment.vaderSentiment"
    ).SentimentIntensityAnalyzer()
    # A sentence comes again: as what a pretended translation stands for.
    return lru_cache(maxsize=4096)(lambda text: float(analyzer.polarity_scores(text)["compound"]))


@cache
def _counter(language: str) -> Callable[[str], float]:
    marks: dict[str, list[str]] = {"+": [], "-": [], "!": []}
    for line in lists.lines(f"sentiment.{language}"):
        marks[line[0]] += line[1:].split()
    good, bad, turn = (
        re.compile("|".join(re.escape(s).replace(r"\*", r"\w*") for s in marks[m])) for m in "+-!"
    )

    def feel(text: str) -> float:
        total, turned = 0, 0
        for word in re.findall(r"[^\W\d_]+", text.lower()):
            if turn.fullmatch(word):
                turned = _REACH
                continue
            value = bool(good.fullmatch(word)) - bool(bad.fullmatch(word))
            total += -value if turned else value
            turned = max(0, turned - 1)
        return total / (abs(total) + 0.8)

    return feel
