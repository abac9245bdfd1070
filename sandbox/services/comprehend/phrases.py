"""Key phrases after RAKE: runs of content words, weighed by how the words keep company."""

import re
from collections import Counter

from sandbox.services.comprehend import lists
from sandbox.services.comprehend.spans import Span

LANGUAGES = ("en", "es", "fr", "de")
_TOKEN = re.compile(r"[^\W_](?:[\w'\u2019-]*[^\W_])?|[^\s\w]|\n")
_LONGEST = 6  # words; a longer run is a list without commas, not a phrase


def find_phrases(text: str, language: str = "en") -> list[Span]:
    """List key phrases in the order of the text; a language without stop words has none.

    The score is a rank within the text, not a probability. Source: Rose, Engel, Cramer and Cowley,
    "Automatic keyword extraction from individual documents", 2010.
    """
    if language not in LANGUAGES:
        return []
    runs = _runs(text, lists.words(f"stop.{language}"))
    frequency: Counter[str] = Counter()
    company: Counter[str] = Counter()
    for run in runs:
        for match in run:
            frequency[match[0].lower()] += 1
            company[match[0].lower()] += len(run)
    weights = [sum(company[m[0].lower()] / frequency[m[0].lower()] for m in run) for run in runs]
    heaviest = max(weights, default=1)
    return [
        Span(run[0].start(), run[-1].end(), "KEY_PHRASE", 0.5 + 0.5 * weight / heaviest)
        for run, weight in zip(runs, weights, strict=True)
    ]


def _runs(text: str, stop: frozenset[str]) -> list[list[re.Match[str]]]:
    """Cut a text at stop words and punctuation; a number alone is no phrase."""
    runs: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(text):
        word = match[0]
        if not word[0].isalnum() or word.lower().replace("\u2019", "'") in stop:
            runs.append([])
        else:
            if len(runs[-1]) == _LONGEST:
                runs.append([])
            runs[-1].append(match)
    return [run for run in runs if any(c.isalpha() for match in run for c in match[0])]
