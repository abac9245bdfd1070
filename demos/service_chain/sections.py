"""Tell one run of the chain as the sections of a page."""

import re

from demos.report import charts, parts, tables
from demos.report.charts import Stretch
from demos.report.closing import closing_sections
from demos.report.html import Html, join, key, tag, visible
from demos.report.page import Section
from demos.service_chain.diagram import DIAGRAM
from demos.service_chain.executed import counts_section, execution_section, proof_section
from demos.service_chain.labels import mood, named, note
from demos.service_chain.readings import found_section, recordings_section, translations_section
from demos.service_chain.results import Results, Version
from demos.service_chain.verdict import problems
from demos.service_chain.words import RESPONSIBLE_USE, STAND_INS

NARROW_CELL, WIDEST_CELL = 32, 90  # characters
DECIMAL = re.compile(r"-?\d+\.\d+(E-?\d+)?")


def all_sections(results: Results) -> list[Section]:
    """Put the story in order."""
    return [
        parts.flow_section(
            DIAGRAM,
            "One execution per version of a file. The chain waits without a function running.",
        ),
        _documents(results),
        execution_section(results),
        recordings_section(results),
        translations_section(results),
        _sentiment(results),
        found_section(results),
        _view(results),
        _failures(results),
        proof_section(results),
        counts_section(results),
        *closing_sections(
            results,
            ran="the functions, the engines for speech and text",
            counted="seconds, characters, units, transitions and invocations as counted in this "
            "run, the rest by the model of docs/service_chain.md",
            stand_ins=STAND_INS,
            use=(
                *RESPONSIBLE_USE,
                f"Results expire after {results.result_days} days, work in progress after "
                f"{results.work_days}.",
            ),
        ),
    ]


def hero(results: Results) -> Html:
    """Say in one screen what went in, what came out and whether it is right."""
    account = results.account
    return parts.hero(
        results,
        eyebrow="Service chain",
        title="Recordings and texts, understood",
        sub="Recordings and texts went through the deployed chain of AI services in the sandbox on "
        "this machine: transcribed, translated, analysed, redacted. What you see below is what it "
        "wrote.",
        shown=(
            ("documents", tables.number(account.good_documented), ""),
            ("languages of documents", tables.number(len(results.insights)), ""),
            ("files refused", tables.number(account.bad_recorded), ""),
        ),
        verdict=parts.verdict(
            problems(account),
            "Nothing lost, nothing twice.",
            f"Each of {account.good_sent} files has one document, each of {account.bad_sent} bad "
            f"files one failure record. Duplicate events sent on purpose, to no effect: "
            f"{account.duplicates_sent}.",
        ),
    )


def _documents(results: Results) -> Section:
    rows = [
        (
            key(d.key),
            d.kind,
            named(d.language),
            mood(d.source) if d.source else "",
            ", ".join(named(v.language) for v in d.versions if not v.is_source) or "none",
            "not detected"
            if d.source is None or d.source.pii is None
            else tables.number(len(d.source.pii)),
            d.size_bytes,
        )
        for d in results.documents
    ]
    heads = ["Key", "Kind", "Language", "Sentiment", "Translated to", "Personal data", "Bytes"]
    return Section(
        "documents",
        "What came out",
        "One JSON document per file. Kind and encoding are told by content, the language by "
        "listening or reading.",
        tables.table("Documents", heads, rows),
    )


def _sentiment(results: Results) -> Section:
    return Section(
        "sentiment",
        "Sentiment along the text",
        "Each bar is a stretch of the text, as wide as it is long. Its height is positive less "
        "negative. The whole document's sentiment weighs each stretch by its length.",
        join(_along(d.key, d.versions) for d in results.documents),
    )


def _along(name: str, versions: tuple[Version, ...]) -> Html:
    panels, rows = [], []
    for v in versions:
        stretches = [
            Stretch(
                s.begin, s.end, s.positive - s.negative, f"{s.label.lower()}: {s.begin} to {s.end}"
            )
            for s in v.segments
        ]
        title = f"Sentiment along {visible(name)} in {named(v.language)}"
        drawn = charts.diverging(
            stretches, length=len(v.text), above="positive", below="negative", title=title
        )
        head = tag("h4", named(v.language), mood(v), note(v))
        panels.append(tag("figure", head, drawn))
        rows += [
            (v.language, s.begin, s.end, s.label.lower(), f"{s.positive:.2f}", f"{s.negative:.2f}")
            for s in v.segments
        ]
    heads = ["Language", "From", "To", "Sentiment", "Positive", "Negative"]
    numbers = tables.behind("Segments, places in characters", heads, rows)
    body = join([tag("div", *panels, class_="beside diverging"), numbers])
    return tag("div", tag("h3", key(name), class_="over"), body, class_="rule")


def _view(results: Results) -> Section:
    heads = [name for name in (results.insights or ({},))[0] if name != "document_id"]
    rows = [[_cell(row[name]) for name in heads] for row in results.insights]
    thresholds = ", ".join(f"{name} {value:g}" for name, value in results.thresholds.items())
    return Section(
        "athena",
        "What Athena answers",
        "The view insights: one row per document and language. What was found with less "
        f"confidence than the settings ask for is left out ({thresholds or 'no thresholds'}).",
        tables.table("The view \u201cinsights\u201d", heads, rows),
    )


def _cell(value: str) -> object:
    if DECIMAL.fullmatch(value):
        return f"{float(value):.2f}"
    shown = visible(value)
    cut = shown if len(shown) <= WIDEST_CELL else f"{shown[: WIDEST_CELL - 1]}\u2026"
    return tag("div", cut, class_="wordy") if len(cut) > NARROW_CELL else cut


def _failures(results: Results) -> Section:
    rows = [
        (key(f.key), tag("span", visible(f.reason), class_="reason"), f.state, visible(f.cause))
        for f in results.failures
    ]
    return Section(
        "failures",
        "Refused, with a reason",
        "A file that can never work is not tried again. It leaves a record that says why, and a "
        "notification.",
        tables.table("The table \u201cfailures\u201d", ["Key", "Reason", "State", "Cause"], rows),
    )
