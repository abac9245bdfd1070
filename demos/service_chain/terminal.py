"""Show one run of the chain in the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demos import tables
from demos.report.html import visible
from demos.service_chain.results import Results

MOODS = {"POSITIVE": "green", "NEGATIVE": "red", "MIXED": "yellow"}
WIDEST_KEY, NARROW_KEY = 30, 21


def show(console: Console, results: Results) -> None:
    """Print every table."""
    shown = (
        documents(results),
        failures(results),
        insights(results),
        counts(results),
        heard(results),
        proof(results),
    )
    tables.show(console, shown)


def documents(results: Results) -> Table:
    """One line per document."""
    heads = ("key", "kind", "language", "sentiment", "into", ">PII", "redacted")
    table = tables.table("Documents", *heads)
    for d in results.documents:
        source = d.source
        mood = source.sentiment.label if source else ""
        others = [v.language for v in d.versions if not v.is_source]
        personal = "" if source is None or source.pii is None else str(len(source.pii))
        copies = ", ".join(v.language for v in d.versions if v.redacted is not None)
        table.add_row(
            key(d.key),
            d.kind,
            escape(d.language),
            f"[{MOODS.get(mood, 'dim')}]{escape(mood.lower())}",
            escape(", ".join(others)),
            personal,
            escape(copies),
        )
    if results.pseudo_translated:
        table.caption = (
            "some translations are pseudo-translations of the sandbox: they mean nothing"
        )
    return table


def failures(results: Results) -> Table:
    """One line per file that was refused or failed."""
    table = tables.table("Failures, with a reason", "key", "reason", "state", "cause")
    for f in results.failures:
        table.add_row(
            key(f.key),
            f"[yellow]{escape(visible(f.reason))}",
            escape(f.state),
            escape(visible(f.cause)),
        )
    return table


def insights(results: Results) -> Table:
    """Show some columns of the Athena view."""
    table = tables.table("The Athena view insights", *shown_columns(results))
    for row in results.insights:
        cells = [visible(row[name])[:NARROW_KEY] for name in shown_columns(results)]
        table.add_row(*map(escape, cells))
    return table


def shown_columns(results: Results) -> list[str]:
    """Choose the columns of the view that fit a terminal, as far as the view has them."""
    wanted = ("object_key", "language", "sentiment", "positive", "negative", "pii_count")
    return [name for name in wanted if results.insights and name in results.insights[0]]


def counts(results: Results) -> Table:
    """Count what each document set in motion, and price it."""
    heads = ("key", ">steps", ">lambdas", ">audio", ">translated", ">units", ">US cents")
    table = tables.table("Counted per document", *heads)
    for d in results.documents:
        if d.run is None:
            continue
        low, high = results.document_costs.get(d.document_id, (0, 0))
        b = d.billed
        table.add_row(
            key(d.key, NARROW_KEY),
            str(d.run.transitions),
            str(d.run.invocations),
            f"{b.audio_seconds:.0f} s" if b.audio_seconds else "",
            f"{b.translated_characters:,}",
            f"{b.comprehend_units:,}",
            f"{100 * low:.2f} to {100 * high:.2f}",
        )
    table.caption = "steps are state transitions; all counted in the execution histories"
    return table


def heard(results: Results) -> Table:
    """Compare each transcript with what was said."""
    heads = ("key", ">words said", ">words heard", ">word error rate")
    table = tables.table("Heard against said", *heads)
    for d in results.documents:
        if r := d.recording:
            table.add_row(key(d.key), str(r.words_said), str(len(r.words)), f"{r.error_rate:.0%}")
    table.caption = "a number that was said in words is written, and counted as heard, in digits"
    return table


def proof(results: Results) -> Table:
    """Set what was found beside what was expected."""
    a = results.account
    counts = (
        ("documents", a.good_sent, a.good_documented),
        ("failure records", a.bad_sent, a.bad_recorded),
        ("executions", a.good_sent + a.bad_sent, a.executions),
        ("rows of the view", a.rows_expected, a.rows_in_view),
        ("dead letters", 0, a.dead_letters),
        ("still running", 0, a.still_running),
    )
    return tables.proof(counts, f"duplicate events sent on purpose: {a.duplicates_sent}")


def key(name: str, widest: int = WIDEST_KEY) -> str:
    """Shorten an object key, made visible, so that its end stays."""
    shown = visible(name)
    return escape(shown if len(shown) <= widest else f"…{shown[1 - widest :]}")
