"""The sections about executions: the graph, the counts, the proof."""

from demos.report import parts, tables
from demos.report.html import Html, join, key, tag, visible
from demos.report.page import Section
from demos.service_chain.machine import read
from demos.service_chain.machine_picture import picture, seconds
from demos.service_chain.results import Results, Run

STATE_LIMIT = 262_144  # bytes; AWS ends an execution whose state is larger
HISTORY_LIMIT = 25_000  # events


def execution_section(results: Results) -> Section:
    """Draw what the first recording, the first text and the first failure did."""
    return Section(
        "execution",
        "What the machine did",
        "The synthesized state machine, as it was deployed, and on it what one execution did: "
        "filled states ran, with their time; dashed ones did not. Children of Distributed Maps "
        "are drawn inside them, their times added up.",
        join(_drawn(results, name, run, n) for n, (name, run) in enumerate(chosen(results))),
    )


def chosen(results: Results) -> list[tuple[str, Run]]:
    """Choose executions to draw, one of each kind."""
    audio = [(d.key, d.run) for d in results.documents if d.kind == "audio"]
    texts = [(d.key, d.run) for d in results.documents if d.kind != "audio"]
    failed = [(f.key, f.run) for f in results.failures]
    firsts = [kind[0] for kind in (audio, texts, failed) if kind]
    return [(name, run) for name, run in firsts if run is not None]


def _drawn(results: Results, name: str, run: Run, n: int) -> Html:
    machine = read(results.machine)
    title = (
        f"Execution for {visible(name)}: {run.status.lower()} after {seconds(run.seconds)}, "
        f"{len(run.states)} of {len(machine.names())} states visited"
    )
    graph = picture(machine, run, title=title, name=f"m{n}")
    frame = tables.scrolling(graph, title, "machine-frame")
    rows = [
        (state, visit.times, round(visit.seconds, 3), "failed" if visit.failed else "")
        for state, visit in run.states.items()
    ]
    numbers = tables.behind("States visited", ["State", "Visits", "Seconds", ""], rows)
    summary = tag(
        "summary", key(name), tag("span", f" {run.status.lower()}, {seconds(run.seconds)}")
    )
    return tag("details", summary, frame, numbers, class_="reading", open=n == 0)


def proof_section(results: Results) -> Section:
    """Set what was found beside what was expected."""
    a = results.account
    runs = [d.run for d in results.documents] + [f.run for f in results.failures]
    known = [run for run in runs if run]
    largest = max((run.largest_state for run in known), default=0)
    events = max((run.events for run in known), default=0)
    counts = [
        ("Documents", a.good_sent, a.good_documented, "one per file that can be understood"),
        ("Failure records", a.bad_sent, a.bad_recorded, "one per file that cannot, with a reason"),
        ("Executions", a.good_sent + a.bad_sent, a.executions,
         f"one per version of a file; duplicate events sent on purpose: {a.duplicates_sent}"),
        ("Rows of the view", a.rows_expected, a.rows_in_view, "one per document and language"),
        ("Dead letters", 0, a.dead_letters, "events that never became an execution"),
        ("Executions that still run", 0, a.still_running, "nothing hangs"),
    ]  # fmt: skip
    note = (
        f"The largest state of any execution was {largest:,} bytes of {STATE_LIMIT:,} that AWS "
        f"allows; the longest history had {events:,} events of {HISTORY_LIMIT:,}. Everything large "
        "travels by reference."
    )
    lead = (
        "S3, EventBridge and SQS deliver at least once, in any order. The result must not show it."
    )
    return parts.proof_section(counts, lead, note)


def counts_section(results: Results) -> Section:
    """Tabulate what each document set in motion."""
    rows = []
    for d in results.documents:
        if d.run is None:
            continue
        low, high = results.document_costs.get(d.document_id, (0.0, 0.0))
        rows.append(
            (
                key(d.key), d.run.transitions, d.run.invocations, d.run.children,
                round(d.billed.audio_seconds, 1), d.billed.translated_characters,
                d.billed.comprehend_units, round(d.run.seconds, 1),
                f"{low:.4f}\u00a0to\u00a0{high:.4f}",
            )
        )  # fmt: skip
    heads = ["Key", "State transitions", "Lambda invocations", "Child executions",
             "Audio seconds", "Characters translated", "Comprehend units", "Seconds",
             "US dollars"]  # fmt: skip
    return Section(
        "counts",
        "What each document set in motion",
        "Transitions and invocations are read from the execution histories, children and retries "
        "included. Audio, characters and units are what the AI services bill.",
        tables.table("Counted per document", heads, rows),
    )
