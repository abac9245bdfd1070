"""The sections in which texts are read: recordings, translations, what was found."""

from collections.abc import Callable

from demos.report.html import Html, join, key, tag
from demos.report.page import Section
from demos.service_chain.annotated import annotated, legend, plain
from demos.service_chain.labels import mood, named, note
from demos.service_chain.results import Document, Results, Version
from demos.service_chain.spoken import transcript

OPEN = 2  # how many documents are unfolded


def recordings_section(results: Results) -> Section:
    """Play the recordings over their transcripts."""
    shown = [
        transcript(d, d.recording, d.source.text)
        for d in results.documents
        if d.recording and d.source
    ]
    hint = tag(
        "p",
        tag("span", tag("span", "dotted", class_="word doubtful"), "heard with doubt"),
        tag(
            "span",
            "Play, and the words follow. A click on a word goes there; so do the arrow keys and "
            "Enter.",
        ),
        class_="key-line",
    )
    return Section(
        "transcripts",
        "What was heard",
        "The word error rate compares with what the speakers were given to say. Synthesized voices "
        "are easy to hear; on real calls PocketSphinx, the sandbox's ear, makes many more "
        "mistakes than Transcribe.",
        join([*shown, hint]),
    )


def translations_section(results: Results) -> Section:
    """Set each document beside its translations."""
    warning = (
        tag(
            "p",
            tag("strong", "Pseudo-translations are marked. "),
            "Where no translator for a pair of languages is installed, the sandbox says so instead "
            "of pretending: such a text keeps its form, so that splitting, order and places can be "
            "checked, but it means nothing.",
            class_="note",
        )
        if results.pseudo_translated
        else ""
    )

    def beside(d: Document) -> Html:
        return tag("div", *map(_version, d.versions), class_="beside")

    return Section(
        "translations",
        "Side by side",
        "Split at the ends of sentences, translated piece by piece, joined in order.",
        join([warning, *_folded(results, beside)]),
    )


def _version(version: Version) -> Html:
    head = tag("h4", named(version.language), note(version))
    return tag("div", head, plain(version.text, version.language))


def found_section(results: Results) -> Section:
    """Mark entities and personal data in the texts, and show the redacted copies."""

    def marked(d: Document) -> Html:
        return join(_found(v) for v in d.versions if v.is_source)

    return Section(
        "found",
        "Entities and personal data",
        "Every place is an offset into the whole text, whatever pieces Comprehend was given.",
        join([legend(), *_folded(results, marked)]),
    )


def _found(version: Version) -> Html:
    if version.pii is None:
        words = "Comprehend detects personal data in English and Spanish only: no redacted copy."
        copy = tag("p", words, class_="small")
    elif version.redacted is None:
        copy = tag("p", "Redaction is switched off.", class_="small")
    else:
        copy = tag("div", tag("h4", "Redacted copy"), plain(version.redacted, version.language))
    found = tag("div", tag("h4", named(version.language)), annotated(version))
    return tag("div", found, tag("div", copy), class_="beside")


def _folded(results: Results, show: Callable[[Document], Html]) -> list[Html]:
    return [
        tag(
            "details",
            tag("summary", key(d.key), mood(d.source) if d.source else ""),
            show(d),
            class_="reading",
            open=n < OPEN,
        )
        for n, d in enumerate(results.documents)
    ]
