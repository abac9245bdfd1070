"""A made-up shop day and a made-up run of the chain: pages can be tested without a sandbox."""

import io
import json
import re
import wave
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from math import sin
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from costs.bill import line
from demos.executions import run_of
from demos.report.blocks import Key, Picture, Spot
from demos.retail_demographics.results import (
    Account,
    Group,
    Kept,
    Rejected,
    Results,
    Sent,
    StoreHour,
)
from demos.service_chain.results import Account as ChainAccount
from demos.service_chain.results import Results as ChainResults
from demos.service_chain.results import document_of, failed_of, recording_of
from fixtures.faces import draw_frame
from fixtures.texts.library import text

STORES = ("Bergen", "Lisboa", "München")
BANDS = ("child", "teen", "young adult", "adult", "senior")
AGES = (*BANDS, "withheld", "unknown")
BENDS = {"gender": 4, "emotion": 1.6, "smile": 3, "beard": 5, "eye_direction": 2}
MOODS = ("happy", "calm", "surprised", "sad", "angry", "withheld")
HOSTILE = "Bergen/door/<script>alert(1)</script>\u202egpj.exe"


def frame(seed, store):
    drawn = draw_frame(seed, faces=seed % 4, format="jpeg")
    faces = [
        Spot(
            *person.box,
            "Face",
            [
                ("age", "25-35", None),
                ("gender", person.person.gender, 97.1),
                ("emotion", person.person.mood, 91.0),
            ],
        )
        for person in drawn.people
    ]
    key = f"{store}/door/2026-11-20T09-0{seed}-00Z.jpg"
    return Picture(Key(key), drawn.image, "image/jpeg", "Drawn frame", f"{len(faces)} faces", faces)


@pytest.fixture(scope="session")
def account():
    return Account(240, 240, (), (), 512, 512, 512, 3, 10, 10, (), (), (), 0, 0, ())


@pytest.fixture(scope="session")
def day(account):
    rng = Random(7)  # noqa: S311 - a picture, no secret
    hours = [f"{hour:02}" for hour in range(8, 20)]
    rush = dict(zip(hours, (0, 3, 7, 9, 14, 16, 11, 8, 9, 18, 13, 2), strict=True))
    return Results(
        ran_at=datetime(2026, 11, 20, 21, 0, tzinfo=UTC),
        day="2026-11-20",
        group_size=5,
        age_bands=BANDS,
        thresholds={"gender": 95, "emotion": 80, "smile": 90, "beard": 90},
        sent=Sent(240, 10, 18_400_000, 512, STORES, 3, 12),
        account=account,
        footfall=tuple(
            StoreHour(store, hour, 7, faces if faces == 0 or faces >= 5 else None)
            for store in STORES
            for hour in hours
            for faces in [max(rush[hour] + rng.randrange(-3, 4), 0)]
        ),
        groups=tuple(
            Group(store, dimension, value, rng.randrange(4, 40))
            for store in STORES
            for dimension, values in (("age_band", AGES), ("emotion", MOODS))
            for value in values
        ),
        profile=tuple(
            Kept(attribute, threshold, round(512 * share), share)
            for attribute, bend in BENDS.items()
            for threshold in (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99)
            for share in [1 - (threshold / 100) ** bend * 0.8]
        ),
        rejects=(
            Rejected(HOSTILE, "not_an_image", "InvalidImageFormatException", 31),
            Rejected("no-store.jpg", "unexpected_key", "want <store>/<camera>/<name>", 18_233),
            Rejected("Lisboa/door/ empty + 100%.jpg", "empty", "", 0),
        ),
        frames=tuple(frame(n, STORES[n % 3]) for n in range(1, 7)),
        costs=(
            line("DetectFaces", "rekognition_detect_faces", 250, 250, "a call"),
            line("S3 PUT", "s3_put", 262, 400, "a PUT"),
        ),
        calls={"rekognition:DetectFaces": 250},
        objects_written=9,
        synthetic=("AgeRange", "Gender", "Emotions"),
        retention_days=30,
    )  # fmt: skip


@pytest.fixture(scope="session")
def bad_day(day, account):
    return replace(day, account=replace(account, frames_lost=("Bergen/door/1.jpg",)))


RECORDED = Path(__file__).parent / "service_chain"
MACHINE = json.loads((RECORDED / "machine.json").read_text())
# What an execution does: states with their types and seconds; and which of them are functions.
STEPS = json.loads((RECORDED / "steps.json").read_text())
HOSTILE_TEXT = (
    "<script>alert('text')</script> The invoice\u202egnp.exe of \u05e9\u05dc\u05d5\u05dd & \u2026 "
    + "Donaudampfschifffahrt" * 12
    + " </mark><img src=x onerror=alert(1)> \x07 end."
)


def place(text, words):
    begin = text.index(words)
    return [begin, begin + len(words)]


def insight(document_id, language, text, *, source, mood, found=(), personal=None):
    """Write what merge_insights and redact leave behind: an entry and its full list."""
    shares = {"positive": 0.1, "negative": 0.1, "neutral": 0.7, "mixed": 0.1}
    label, n = mood.upper(), len(text) // 4
    shares |= {mood: 0.75, "neutral": 0.05 if mood != "neutral" else 0.75}
    pii = None
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
    for item in sorted(pii or [], key=lambda p: -p["begin"]):
        redacted = f"{redacted[: item['begin']]}[{item['type']}]{redacted[item['end'] :]}"
    entry = {
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


def written(key, kind, language, versions, *, audio_seconds=None):
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


def events(*steps, end="ExecutionSucceeded"):
    """Write a history: (name, type, seconds) one after another."""
    now = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    found: list[dict[str, Any]] = []

    def add(kind, **details):
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


def tone(seconds):
    """Make a sound that a browser can play."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        samples = (round(9000 * sin(n / 5)) for n in range(round(8000 * seconds)))
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
    return out.getvalue()


def spoken(text):
    """Say where each word stands, half a second apart."""
    places = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    return [
        {"start": n / 2, "end": n / 2 + 0.4, "confidence": 0.3 if n % 7 == 3 else 0.95,
         "begin": begin, "end_offset": end}
        for n, (begin, end) in enumerate(places)
    ]  # fmt: skip


@pytest.fixture(scope="session")
def chain_account():
    return ChainAccount(
        good_sent=4, good_documented=4, bad_sent=2, bad_recorded=2, lost=(), twice=(), wrong=(),
        other_reasons=(), duplicates_sent=1, executions=6, dead_letters=0, still_running=0,
        rows_expected=9, rows_in_view=9, failures_written=2, failures_in_table=2,
        machine_as_synthesized=True, refused=(),
    )  # fmt: skip


@pytest.fixture(scope="session")
def chain(chain_account):
    """Give a made-up run of the service chain, put together from objects of its contract."""
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
    return ChainResults(
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
        account=chain_account,
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


class Reader(HTMLParser):
    """Collects what a browser would run or fetch, and checks that elements close in order."""

    VOID = ("br", "hr", "img", "input", "link", "meta")

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        """Take an element that stays open, unless it never does."""
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Take an element that closes itself."""
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]

    def handle_endtag(self, tag):
        """Check that the innermost element closes."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Take text."""
        self.text.append(data)


@pytest.fixture(scope="session")
def read() -> Callable[[str], Reader]:
    """Read a page as a browser would."""

    def reader_of(page: str) -> Reader:
        reader = Reader()
        reader.feed(page)
        reader.close()
        return reader

    return reader_of


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], ElementTree.Element]:
    """Parse a drawing of ours."""

    def parse(svg: str) -> ElementTree.Element:
        return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing

    return parse
