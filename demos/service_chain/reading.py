"""The sections in which texts are read: recordings, translations, sentiment, what was found."""

from collections.abc import Callable, Sequence

from demos.report.blocks import (
    Badge,
    Block,
    Folded,
    Heading,
    Inline,
    Key,
    Legend,
    Look,
    Mark,
    Panel,
    Panels,
    Passage,
    Small,
    Stretch,
    Stretches,
    Strong,
    Text,
    Transcript,
    numbers,
)
from demos.report.markup import visible
from demos.report.sections import Section
from demos.service_chain.results import PSEUDO, Document, Recording, Results, Version

OPEN = 2  # how many documents are unfolded
LANGUAGES = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "it": "Italian",
    "pt": "Portuguese", "nl": "Dutch", "ja": "Japanese", "ar": "Arabic", "hi": "Hindi",
    "ko": "Korean", "zh": "Chinese",
}  # fmt: skip
MOODS: dict[str, Look] = {"positive": "good", "negative": "bad"}


def named(language: str) -> str:
    """Name a language by its code."""
    return LANGUAGES.get(language, language or "unknown")


def mood(version: Version) -> Badge:
    """Show a sentiment as a word."""
    label = version.sentiment.label.lower()
    return Badge(label, MOODS.get(label, "plain"))


def origin(version: Version) -> Small | Badge:
    """Say where a text comes from."""
    if version.is_source:
        return Small("as it came")
    if version.engine == PSEUDO:
        return Badge("pseudo-translation", "warn")
    return Small(f"translated by {version.engine}" if version.engine else "translated")


def recordings_section(results: Results) -> Section:
    """Play the recordings over their transcripts."""
    shown = [
        block
        for d in results.documents
        if d.recording and d.source
        for block in _heard(d, d.recording, d.source.text)
    ]
    hint = Legend(
        [
            ("doubtful", "dotted", "heard with doubt"),
            (
                "",
                "",
                "On the page: play, and the words follow. A click on a word goes there; so do the "
                "arrow keys and Enter.",
            ),
        ]
    )
    return Section(
        "transcripts",
        "What was heard",
        "The word error rate compares with what the speakers were given to say. Synthesized voices "
        "are easy to hear; on real calls PocketSphinx, the sandbox's ear, makes many more "
        "mistakes than Transcribe.",
        [*shown, hint],
        brief=True,
    )


def _heard(document: Document, recording: Recording, text: str) -> tuple[Block, Block]:
    rate = f"{recording.error_rate:.0%} word error rate, of {recording.words_said} words said"
    return (
        Transcript(
            Key(document.key),
            recording.sound,
            recording.media_type,
            text,
            document.language,
            recording.words,
            rate,
        ),
        Folded("What was said", [Passage(recording.reference, "en")], small=True),
    )


def translations_section(results: Results) -> Section:
    """Set each document beside its translations."""
    warning = (
        Strong("Pseudo-translations are marked."),
        "Where no translator for a pair of languages is installed, the sandbox says so instead of "
        "pretending: such a text keeps its form, so that splitting, order and places can be "
        "checked, but it means nothing.",
    )

    def beside(d: Document) -> list[Panel]:
        return [Panel(_head(v), [Passage(v.text, v.language)]) for v in d.versions]

    return Section(
        "translations",
        "Side by side",
        "Split at the ends of sentences, translated piece by piece, joined in order.",
        [
            *([Text([warning], "note")] if results.pseudo_translated else []),
            *_folded(results, beside),
        ],
    )


def _head(version: Version) -> tuple[Strong, Small | Badge]:
    return Strong(named(version.language)), origin(version)


def sentiment_section(results: Results) -> Section:
    """Draw the sentiment along each text, in each language."""
    return Section(
        "sentiment",
        "Sentiment along the text",
        "Each bar is a stretch of the text, as wide as it is long. Its height is positive less "
        "negative. The whole document's sentiment weighs each stretch by its length.",
        [block for d in results.documents for block in _along(d)],
    )


def _along(document: Document) -> list[Block]:
    panels = []
    for v in document.versions:
        chart = Stretches(
            f"Sentiment along {visible(document.key)} in {named(v.language)}",
            [
                Stretch(
                    s.begin,
                    s.end,
                    s.positive - s.negative,
                    f"{s.label.lower()}: {s.begin} to {s.end}",
                )
                for s in v.segments
            ],
            len(v.text),
            "positive",
            "negative",
        )
        head = (Strong(named(v.language)), mood(v), origin(v))
        panels.append(Panel(head, [chart]))
    rows = [
        (v.language, s.begin, s.end, s.label.lower(), f"{s.positive:.2f}", f"{s.negative:.2f}")
        for v in document.versions
        for s in v.segments
    ]
    heads = ["Language", "From", "To", "Sentiment", "Positive", "Negative"]
    return [
        Heading(Key(document.key), ruled=True),
        Panels(panels),
        numbers("Segments, places in characters", heads, rows),
    ]


def found_section(results: Results) -> Section:
    """Mark entities and personal data in the texts, and show the redacted copies."""

    def marked(d: Document) -> list[Panel]:
        return [panel for v in d.versions if v.is_source for panel in (found(v), _redacted(v))]

    legend = Legend(
        [
            ("entity", "words", "an entity: underlined, its type behind it"),
            ("personal", "words", "personal data: framed, PII before its type"),
            ("entity personal", "words", "both"),
        ]
    )
    return Section(
        "found",
        "Entities and personal data",
        "Every place is an offset into the whole text, whatever pieces Comprehend was given.",
        [legend, *_folded(results, marked)],
    )


def found(version: Version) -> Panel:
    """Show a text with its entities and personal data."""
    marks = [Mark(f.begin, f.end, "entity", f.type, f.score) for f in version.entities]
    marks += [Mark(f.begin, f.end, "personal", f.type, f.score) for f in version.pii or ()]
    return Panel(named(version.language), [Passage(version.text, version.language, marks)])


def _redacted(version: Version) -> Panel:
    if version.pii is None:
        words = "Comprehend detects personal data in English and Spanish only: no redacted copy."
        return Panel("", [Text([words], "small")])
    if version.redacted is None:
        return Panel("", [Text(["Redaction is switched off."], "small")])
    return Panel("Redacted copy", [Passage(version.redacted, version.language)])


def _folded(results: Results, show: Callable[[Document], Sequence[Panel]]) -> list[Block]:
    return [Folded(_summary(d), [Panels(show(d))], open=n < OPEN)
            for n, d in enumerate(results.documents)]  # fmt: skip


def _summary(document: Document) -> Inline:
    key = Key(document.key)
    return (key, mood(document.source)) if document.source else key
