"""The sentiment of a whole text, from the sentiments of its parts."""

from collections.abc import Iterable, Mapping
from math import fsum
from typing import Any

# In the order in which they win a draw: what nothing is said of is neutral.
_CLASSES = ("neutral", "mixed", "negative", "positive")
_DIGITS = 6


def segment(begin: int, end: int, score: Mapping[str, float]) -> dict[str, Any]:
    """Write the sentiment of a span of characters, from Comprehend's SentimentScore."""
    scores = {name: float(score.get(name.capitalize(), 0.0)) for name in _CLASSES}
    return {"begin": begin, "end": end, **_labelled(scores)}


def overall(segments: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Weigh segments by their length; the largest score gives the label.

    A text of no segments is NEUTRAL, with zeros for scores.
    """
    parts = list(segments)
    lengths = [part["end"] - part["begin"] for part in parts]
    total = sum(lengths)
    scores = {
        name: fsum(part[name] * length for part, length in zip(parts, lengths, strict=True))
        / (total or 1)
        for name in _CLASSES
    }
    return _labelled(scores)


def _labelled(scores: Mapping[str, float]) -> dict[str, Any]:
    rounded = {name: round(scores[name], _DIGITS) for name in _CLASSES}
    label = max(_CLASSES, key=rounded.__getitem__)
    order = ("positive", "negative", "neutral", "mixed")
    return {"label": label.upper(), **{name: rounded[name] for name in order}}
