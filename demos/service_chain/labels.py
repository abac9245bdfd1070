"""Say in a word what language, what mood, what origin."""

from demos.report.html import Html, tag, visible
from demos.service_chain.results import PSEUDO, Version
from demos.service_chain.words import LANGUAGES


def named(language: str) -> str:
    """Name a language by its code."""
    return LANGUAGES.get(language, visible(language) or "unknown")


def mood(version: Version) -> Html:
    """Show a sentiment as a word."""
    label = version.sentiment.label.lower()
    known = label if label in ("positive", "negative", "neutral", "mixed") else ""
    return tag("span", label, class_=f"mood {known}".strip())


def note(version: Version) -> Html:
    """Say where a text comes from."""
    if version.is_source:
        return tag("small", "as it came")
    if version.engine == PSEUDO:
        return tag("span", "pseudo-translation", class_="tagged standin")
    return tag("small", f"translated by {version.engine}" if version.engine else "translated")
