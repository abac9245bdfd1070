"""Tell one run of the chain: what came out, what the machine did, and whether it is right."""

import re
from collections.abc import Sequence

from demos.executions import Run
from demos.report.blocks import (
    Badge,
    Block,
    Check,
    Checks,
    Figure,
    Folded,
    Inline,
    Key,
    Table,
    Text,
    numbers,
)
from demos.report.closing import CDK, EMULATOR
from demos.report.markup import number, visible
from demos.report.sections import Report, Section, StandIn
from demos.service_chain.checks import checks
from demos.service_chain.diagram import DIAGRAM
from demos.service_chain.reading import (
    found_section,
    mood,
    named,
    recordings_section,
    sentiment_section,
    translations_section,
)
from demos.service_chain.results import Results
from demos.state_machine import graph, read, seconds

STATE_LIMIT = 262_144  # bytes; AWS ends an execution whose state is larger
HISTORY_LIMIT = 25_000  # events
PSEUDO_WARNING = "Some translations are pseudo-translations of the sandbox: they mean nothing."
WIDEST_CELL = 90  # characters
BRIEF = {"object_key", "language", "sentiment", "positive", "negative", "pii_count"}
DECIMAL = re.compile(r"-?\d+\.\d+(E-?\d+)?")
STAND_INS = (
    CDK,
    StandIn(
        "The state machine",
        True,
        "The synthesized definition, compared with what runs. An interpreter of the Amazon States "
        "Language runs it, with the role's permissions enforced.",
    ),
    StandIn(
        "The functions' code",
        True,
        "Runs unchanged, with each role's permissions enforced. On this machine's Python and "
        "processor, without Lambda's memory limit.",
    ),
    StandIn(
        "Transcribe",
        False,
        "PocketSphinx listens to the sound: real words, times and mistakes, many more of them than "
        "Transcribe makes. Jobs, events, errors and limits have Transcribe's form.",
    ),
    StandIn(
        "Translate",
        False,
        "Apertium where it is installed. Elsewhere a pseudo-translation that is marked as one: it "
        "keeps length and place, not meaning.",
    ),
    StandIn(
        "Comprehend",
        False,
        "lingua tells the language, VADER the sentiment (it knows English best), rules of our own "
        "find entities, key phrases and personal data. Batches, limits and errors have the "
        "service's form.",
    ),
    StandIn("Athena", False, "The view's own SQL, translated for DuckDB, types checked."),
    StandIn("S3, EventBridge, SQS, SNS, DynamoDB, KMS, IAM", False, EMULATOR),
)
RESPONSIBLE_USE = (
    "Tell people before you record them, and have a reason that the law knows. The words of a "
    "recording are personal data even where no name is said.",
    "Detection of personal data misses some. A redacted copy is safer than the text, not safe: "
    "keep the text itself from whoever needs only the redacted copy.",
    "A redacted copy exists where Comprehend detects personal data: English and Spanish.",
    "Sentiment is a guess at words, not a person's state. Do not judge a caller or a colleague "
    "by it.",
    "A machine's translation is a draft. Do not answer a complaint on its strength alone.",
    "AWS may use content to improve these services unless your organization opts out: "
    "docs/policies/ai-services-opt-out.json.",
)


def report(results: Results) -> Report:
    """Put the story in order."""
    account, found = results.account, checks(results.account)
    return Report(
        name="Service chain",
        title="Recordings and texts, understood",
        summary="Recordings and texts went through the deployed chain of AI services in the "
        "sandbox on this machine: transcribed, translated, analysed, redacted. What you see below "
        "is what it wrote.",
        ran_at=results.ran_at,
        figures=(
            Figure("documents", account.good_documented),
            Figure("languages of documents", len(results.insights)),
            Figure("files refused", account.bad_recorded),
        ),
        checks=found,
        praise="Nothing lost, nothing twice.",
        because=f"Each of {account.good_sent} files has one document, each of {account.bad_sent} "
        "bad files one failure record. Duplicate events sent on purpose, to no effect: "
        f"{account.duplicates_sent}.",
        sections=(
            Section(
                "flow",
                "How it flows",
                "One execution per version of a file. The chain waits without a function running.",
                [DIAGRAM],
            ),
            _documents(results),
            _execution(results),
            recordings_section(results),
            translations_section(results),
            sentiment_section(results),
            found_section(results),
            _view(results),
            _failures(results),
            _proof(results, found),
            _counts(results),
        ),
        beside="the functions, the engines for speech and text",
        costs=results.costs,
        counted="seconds, characters, units, transitions and invocations as counted in this run, "
        "the rest by the model of docs/service_chain.md",
        stand_ins=STAND_INS,
        synthetic=results.synthetic,
        responsible_use=(
            *RESPONSIBLE_USE,
            f"Results expire after {results.result_days} days, work in progress after "
            f"{results.work_days}.",
        ),
    )


def _documents(results: Results) -> Section:
    rows = [
        (
            Key(d.key),
            d.kind,
            named(d.language),
            mood(d.source) if d.source else "",
            ", ".join(named(v.language) for v in d.versions if not v.is_source) or "none",
            "not detected"
            if d.source is None or d.source.pii is None
            else number(len(d.source.pii)),
            d.size_bytes,
        )
        for d in results.documents
    ]
    heads = ["Key", "Kind", "Language", "Sentiment", "Translated to", "Personal data", "+Bytes"]
    return Section(
        "documents",
        "What came out",
        "One JSON document per file. Kind and encoding are told by content, the language by "
        "listening or reading.",
        [
            Table("Documents", heads, rows),
            *([Text([PSEUDO_WARNING], "small")] if results.pseudo_translated else []),
        ],
        brief=True,
    )


def _execution(results: Results) -> Section:
    """Draw what the first recording, the first text and the first failure did."""
    audio = [(d.key, d.run) for d in results.documents if d.kind == "audio"]
    texts = [(d.key, d.run) for d in results.documents if d.kind != "audio"]
    failed = [(f.key, f.run) for f in results.failures]
    firsts = [kind[0] for kind in (audio, texts, failed) if kind]
    return Section(
        "execution",
        "What the machine did",
        "The synthesized state machine, as it was deployed, and on it what one execution did: "
        "filled states ran, with their time; dashed ones did not. Children of Distributed Maps "
        "are drawn inside them, their times added up.",
        [_drawn(results, name, run, n) for n, (name, run) in enumerate(firsts) if run is not None],
    )


def _drawn(results: Results, name: str, run: Run, n: int) -> Block:
    machine = read(results.machine)
    title = (
        f"Execution for {visible(name)}: {run.status.lower()} after {seconds(run.seconds)}, "
        f"{len(run.states)} of {len(machine.names())} states visited"
    )
    rows = [
        (state, visit.times, round(visit.seconds, 3), "failed" if visit.failed else "")
        for state, visit in run.states.items()
    ]
    return Folded(
        (Key(name), f"{run.status.lower()}, {seconds(run.seconds)}"),
        [
            graph(machine, run, title=title, name=f"m{n}"),
            numbers("States visited", ["State", "Visits", "Seconds", ""], rows),
        ],
        open=n == 0,
    )


def _view(results: Results) -> Section:
    names = [name for name in (results.insights or ({},))[0] if name != "document_id"]
    rows = [[_cell(name, row[name]) for name in names] for row in results.insights]
    heads = [name if name in BRIEF else f"+{name}" for name in names]
    thresholds = ", ".join(f"{name} {value:g}" for name, value in results.thresholds.items())
    return Section(
        "athena",
        "What Athena answers",
        "The view insights: one row per document and language. What was found with less "
        f"confidence than the settings ask for is left out ({thresholds or 'no thresholds'}).",
        [Table("The view \u201cinsights\u201d", heads, rows)],
        brief=True,
    )


def _cell(name: str, value: str) -> Inline:
    if name == "object_key":
        return Key(value)
    if DECIMAL.fullmatch(value):
        return f"{float(value):.2f}"
    shown = visible(value)
    return shown if len(shown) <= WIDEST_CELL else f"{shown[: WIDEST_CELL - 1]}\u2026"


def _failures(results: Results) -> Section:
    rows = [(Key(f.key), Badge(f.reason, "code"), f.state, f.cause) for f in results.failures]
    return Section(
        "failures",
        "Refused, with a reason",
        "A file that can never work is not tried again. It leaves a record that says why, and a "
        "notification.",
        [Table("The table \u201cfailures\u201d", ["Key", "Reason", "State", "Cause"], rows)],
        brief=True,
    )


def _proof(results: Results, found: Sequence[Check]) -> Section:
    runs = [d.run for d in results.documents] + [f.run for f in results.failures]
    known = [run for run in runs if run]
    largest = max((run.largest_state for run in known), default=0)
    events = max((run.events for run in known), default=0)
    note = (
        f"The largest state of any execution was {largest:,} bytes of {STATE_LIMIT:,} that AWS "
        f"allows; the longest history had {events:,} events of {HISTORY_LIMIT:,}. Everything large "
        "travels by reference."
    )
    return Section(
        "proof",
        "Nothing lost, nothing twice",
        "S3, EventBridge and SQS deliver at least once, in any order. The result must not show it.",
        [Checks(found), Text([note], "small")],
        brief=True,
    )


def _counts(results: Results) -> Section:
    rows = []
    for d in results.documents:
        if d.run is None:
            continue
        low, high = results.document_costs.get(d.document_id, (0.0, 0.0))
        rows.append(
            (
                Key(d.key), d.run.transitions, d.run.invocations, d.run.children,
                round(d.billed.audio_seconds, 1), d.billed.translated_characters,
                d.billed.comprehend_units, round(d.run.seconds, 1),
                f"{100 * low:.2f}\u00a0to\u00a0{100 * high:.2f}",
            )
        )  # fmt: skip
    heads = ["Key", "Steps", "Lambdas", "+Children", "+Audio seconds", "Characters",
             "Units", "+Seconds", "US cents"]  # fmt: skip
    return Section(
        "counts",
        "What each document set in motion",
        "Steps are state transitions; like the invocations of Lambda they are read from the "
        "execution histories, children and retries included. Audio, characters translated and "
        "units of Comprehend are what the AI services bill.",
        [Table("Counted per document", heads, rows)],
        brief=True,
    )
