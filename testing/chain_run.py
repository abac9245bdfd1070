"""A made-up run of the service chain, as its demo has it: for pages without a sandbox."""

import io
import json
import re
import wave
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import sin
from pathlib import Path
from typing import Any

from costs.bill import line
from demos.executions import run_of
from demos.service_chain.results import (
    Account,
    Results,
    document_of,
    failed_of,
    recording_of,
)
from fixtures.texts.library import text
from testing.shop_day import HOSTILE

# An entry of a document, the full list that it stands for, and texts by their URI.
Insight = tuple[dict[str, Any], dict[str, Any], dict[str, str]]

RECORDED = Path(__file__).parents[1] / "tests" / "demos" / "service_chain"
MACHINE = json.loads((RECORDED / "machine.json").read_text())
# What an execution does: states with their types and seconds; and which of them are functions.
STEPS = json.loads((RECORDED / "steps.json").read_text())
HOSTILE_TEXT = (
    "<script>alert('text')</script> The invoice\u202egnp.exe of \u05e9\u05dc\u05d5\u05dd & \u2026 "
    + "Donaudampfschifffahrt" * 12
    + " </mark><img src=x onerror=alert(1)> \x07 end."
)


def place(text: str, words: str) -> list[int]:
    """Find where words stand in a text."""
    begin = text.index(words)
    return [begin, begin + len(words)]


def insight(
    document_id: str,
    language: str,
    text: str,
    *,
    source: bool,
    mood: str,
    found: Sequence[tuple[str, str]] = (),
    personal: Mapping[str, str] | None = None,
) -> Insight:
    """Write what merge_insights and redact leave behind: an entry and its full list."""
    shares = {"positive": 0.1, "negative": 0.1, "neutral": 0.7, "mixed": 0.1}
    label, n = mood.upper(), len(text) // 4
    shares |= {mood: 0.75, "neutral": 0.05 if mood != "neutral" else 0.75}
    pii: list[dict[str, Any]] | None = None
    if personal is not None:
        places = [(kind, *place(text, words)) for kind, words in personal.items()]
        pii = [{"type": kind, "begin": b, "end": e, "score": 0.98} for kind, b, e in places]
    folder = f"{language}/{document_id}"
    full = {
        "sentiment": {"label": label, **shares},
        "segments": [
            {"begin": at, "end": min(at + n, len(text)), "label": label, **shares}
            for at in range(0, len(text), n)
        ],
        "entities": [
            {"text": words, "type": kind, "score": 0.91, "count": 1,
             "offsets": [place(text, words)]}
            for kind, words in found
        ],
        "key_phrases": [],
        "pii": pii,
    }  # fmt: skip
    redacted = text
    for item in sorted(pii or [], key=lambda p: -int(p["begin"])):
        redacted = f"{redacted[: item['begin']]}[{item['type']}]{redacted[item['end'] :]}"
    entry: dict[str, Any] = {
        "language": language,
        "is_source": source,
        "text_uri": f"s3://results/translations/{folder}.txt",
        "insights_uri": f"s3://results/insights/{folder}.json",
        "redacted_uri": f"s3://results/redacted/{folder}.txt" if pii is not None else None,
    }
    objects = {entry["text_uri"]: text}
    if entry["redacted_uri"]:
        objects[entry["redacted_uri"]] = redacted
    return entry, full, objects


def written(
    key: str,
    kind: str,
    language: str,
    versions: Sequence[Insight],
    *,
    audio_seconds: float | None = None,
) -> dict[str, Any]:
    """Write a document of the contract around its insights."""
    return {
        "document_id": sha256(key.encode()).hexdigest()[:32],
        "input": {"key": key, "kind": kind, "size_bytes": 4096},
        "language": {"base": language, "source": "identified", "score": 0.97},
        "characters": len(next(iter(versions[0][2].values()))),
        "audio_seconds": audio_seconds,
        "insights": [entry for entry, _, _ in versions],
        "skipped_languages": [],
        "billed": {"audio_seconds": audio_seconds or 0, "translated_characters": 1210,
                   "comprehend_units": 96, "speech_characters": 0},
    }  # fmt: skip


def events(*steps: Sequence[Any], end: str = "ExecutionSucceeded") -> list[dict[str, Any]]:
    """Write a history: (name, type, seconds) one after another."""
    now = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    found: list[dict[str, Any]] = []

    def add(kind: str, **details: Any) -> None:
        found.append({"id": len(found) + 1, "type": kind, "timestamp": now, **details})

    add("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    for name, kind, seconds in steps:
        add(f"{kind}StateEntered", stateEnteredEventDetails={"name": name, "input": "{}"})
        if kind == "Task":
            resource = "lambda" if name in STEPS["lambdas"] else "aws-sdk"
            add("TaskScheduled", taskScheduledEventDetails={"resourceType": resource})
        now += timedelta(seconds=seconds)
        if (name, end) != ("Failed", "ExecutionFailed"):
            add(f"{kind}StateExited", stateExitedEventDetails={"name": name, "output": "{}"})
    add(end)
    return found


def tone(seconds: float) -> bytes:
    """Make a sound that a browser can play."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        samples = (round(9000 * sin(n / 5)) for n in range(round(8000 * seconds)))
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
    return out.getvalue()


def spoken(text: str) -> list[dict[str, Any]]:
    """Say where each word stands, half a second apart."""
    places = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    return [
        {"start": n / 2, "end": n / 2 + 0.4, "confidence": 0.3 if n % 7 == 3 else 0.95,
         "begin": begin, "end_offset": end}
        for n, (begin, end) in enumerate(places)
    ]  # fmt: skip


def chain_account() -> Account:
    """Make an account of a run in which nothing was lost."""
    return Account(
        good_sent=4, good_documented=4, bad_sent=2, bad_recorded=2, lost=(), twice=(), wrong=(),
        other_reasons=(), duplicates_sent=1, executions=6, dead_letters=0, still_running=0,
        rows_expected=9, rows_in_view=9, failures_written=2, failures_in_table=2,
        machine_as_synthesized=True, refused=(),
    )  # fmt: skip


def chain_run(account: Account) -> Results:
    """Put a run together from objects of the chain's contract, one of which means a page harm."""
    heard = "Hello this is Anna I love the lamp that you sent it is wonderful thank you"
    complaint, notice = text("complaint", "en"), text("notice", "fr")
    inputs: list[tuple[Any, ...]] = [
        ("calls/happy.wav", "audio", "en", STEPS["audio"], [
            ("en", heard, "positive", [("PERSON", "Anna")], {"NAME": "Anna"}),
            ("es", heard.upper(), "positive", [], {}),
        ]),
        ("complaints/2026/Charged twice?.md", "text", "en", STEPS["text"], [
            ("en", complaint.words, "negative",
             [("PERSON", "Eleanor Whitcombe"), ("ORGANIZATION", "Larkspur Lighting"),
              ("LOCATION", "Portland"), ("DATE", "March 9")], complaint.personal),
            ("es", text("complaint", "es").words, "negative", [], {}),
            ("fr", text("complaint", "fr").words, "negative", [], None),
        ]),
        ("avis/avril.html", "text", "fr", STEPS["text"], [
            ("fr", notice.words, "neutral", [("LOCATION", "Lyon")], None),
            ("es", text("notice", "es").words, "neutral", [], {}),
        ]),
        (HOSTILE, "text", "en", STEPS["text"], [
            ("en", HOSTILE_TEXT, "mixed", [("OTHER", "invoice")], {}),
            ("es", HOSTILE_TEXT, "mixed", [], {}),
        ]),
    ]  # fmt: skip
    documents = []
    for key, kind, language, steps, versions in inputs:
        built = [
            insight(key, code, words, source=code == language, mood=mood, found=found,
                    personal=personal)
            for code, words, mood, found, personal in versions
        ]  # fmt: skip
        objects = {uri: words for _, _, parts in built for uri, words in parts.items()}
        full = {entry["insights_uri"]: lists for entry, lists, _ in built}
        recording = None
        if kind == "audio":
            said = "Hello, this is Anna! I love the lamp you sent me; it is wonderful. Thank you."
            recording = recording_of(tone(4), "audio/wav", said, heard, spoken(heard))
        run = run_of(key, "SUCCEEDED", events(*steps), [events(*STEPS["child"])] * 3)
        one = written(key, kind, language, built, audio_seconds=8.5 if recording else None)
        documents.append(
            document_of(
                one,
                objects,
                full,
                run=run,
                recording=recording,
                engines={"es": "apertium", "fr": "pseudo"},
            )
        )
    failures = [
        failed_of(
            {"input": {"key": key}, "reason": reason, "state": "Identify", "error": "Refused",
             "cause": cause},
            run_of(key, "FAILED", events(*STEPS["failed"], end="ExecutionFailed")),
        )
        for key, reason, cause in (
            ("scans/invoice.pdf", "unsupported", "unsupported: a PDF; audio and text are read"),
            ("empty.txt", "empty", "empty: the object has no bytes"),
        )
    ]  # fmt: skip
    return Results(
        ran_at=datetime(2026, 11, 21, 7, 5, tzinfo=UTC),
        machine=MACHINE,
        documents=tuple(documents),
        failures=tuple(failures),
        insights=tuple(
            {"document_id": d.document_id, "day": "2026-11-21", "key": d.key,
             "language": v.language, "is_source": str(v.is_source).lower(),
             "sentiment": v.sentiment.label, "positive": "0.75", "negative": "0.1",
             "entity_count": str(len(v.entities))}
            for d in documents
            for v in d.versions
        ),
        account=account,
        costs=(
            line("Transcribe", "transcribe_minute", 0.1, 0.25, "seconds"),
            line("Translate", "translate_character", 3_333, 3_333, ""),
        ),
        document_costs={d.document_id: (0.012, 0.031) for d in documents},
        synthetic=("Translation",),
        thresholds={"entity": 0.8},
        result_days=400,
        work_days=7,
    )  # fmt: skip
