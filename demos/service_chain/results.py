"""What one run of the chain gave, as plain values, and how its objects become them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from costs.bill import Line, Range, exactly
from costs.service_chain import SHORTEST_BILLED, Amounts
from demos.executions import Run
from demos.report.blocks import Word
from fixtures.speech.error_rate import word_error_rate
from fixtures.speech.error_rate import words as words_of

PSEUDO = "pseudo"
Json = Mapping[str, Any]
NEUTRAL = {"label": "NEUTRAL", "positive": 0.0, "negative": 0.0, "neutral": 0.0, "mixed": 0.0}
SHARES = ("positive", "negative", "neutral", "mixed")


@dataclass(frozen=True, slots=True)
class Recording:
    """What was played to the chain, and what was said in it."""

    sound: bytes
    media_type: str
    reference: str
    words: tuple[Word, ...]
    words_said: int
    error_rate: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text with its sentiment; shares of 1."""

    begin: int
    end: int
    label: str
    positive: float
    negative: float
    neutral: float
    mixed: float


@dataclass(frozen=True, slots=True)
class Found:
    """An entity, a key phrase or a piece of personal data, at one place of a text."""

    type: str
    begin: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Version:
    """A document in one language, with all that was found in it.

    ``engine`` is what translated it in the sandbox; ``pseudo`` only pretends to.
    """

    language: str
    is_source: bool
    engine: str
    text: str
    sentiment: Segment
    segments: tuple[Segment, ...]
    entities: tuple[Found, ...]
    key_phrases: tuple[Found, ...]
    pii: tuple[Found, ...] | None
    redacted: str | None


@dataclass(frozen=True, slots=True)
class Billed:
    """What the AI services charge for."""

    audio_seconds: float
    translated_characters: int
    comprehend_units: int
    speech_characters: int


@dataclass(frozen=True, slots=True)
class Document:
    """One finished document."""

    key: str
    document_id: str
    kind: str
    language: str
    language_source: str
    language_score: float | None
    size_bytes: int
    characters: int
    audio_seconds: float | None
    versions: tuple[Version, ...]
    billed: Billed
    run: Run | None
    recording: Recording | None
    skipped: tuple[str, ...] = ()

    @property
    def source(self) -> Version | None:
        """The document in its own language; nothing where that was not analysed."""
        return next((v for v in self.versions if v.is_source), None)


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be handled, and why."""

    key: str
    reason: str
    state: str
    error: str
    cause: str
    run: Run | None


@dataclass(frozen=True, slots=True)
class Account:
    """What came out, counted against what went in."""

    good_sent: int
    good_documented: int
    bad_sent: int
    bad_recorded: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    wrong: tuple[str, ...]
    other_reasons: tuple[str, ...]
    duplicates_sent: int
    executions: int
    dead_letters: int
    still_running: int
    rows_expected: int
    rows_in_view: int
    failures_written: int
    failures_in_table: int
    machine_as_synthesized: bool
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The whole run."""

    ran_at: datetime
    machine: Mapping[str, Any]
    documents: tuple[Document, ...]
    failures: tuple[Failed, ...]
    insights: tuple[Mapping[str, str], ...]
    account: Account
    costs: Sequence[Line]
    document_costs: Mapping[str, tuple[float, float]]
    synthetic: Sequence[str]
    thresholds: Mapping[str, float]
    result_days: int
    work_days: int

    @property
    def pseudo_translated(self) -> bool:
        """Whether any translation only pretends to be one."""
        return any(v.engine == PSEUDO for d in self.documents for v in d.versions)


def document_of(
    written: Json,
    objects: Mapping[str, str],
    insights: Mapping[str, Json],
    *,
    run: Run | None,
    recording: Recording | None,
    engines: Mapping[str, str],
    confidence: float = 0.0,
) -> Document:
    """Put a document together; ``objects`` and ``insights`` are what its URIs lead to.

    ``engines`` tells for each target language what translates into it from this document's;
    ``confidence`` is that from which a personal span counts.
    """
    given, billed, language = written["input"], written["billed"], written["language"]
    return Document(
        key=given["key"],
        document_id=written["document_id"],
        kind=given["kind"],
        language=language["base"] or "",
        language_source=language["source"] or "",
        language_score=language["score"],
        size_bytes=int(given["size_bytes"]),
        characters=int(written["characters"]),
        audio_seconds=written["audio_seconds"],
        versions=tuple(
            version_of(told, insights[told["insights_uri"]], objects, engines, confidence)
            for told in sorted(written["insights"], key=lambda t: not t["is_source"])
        ),
        billed=Billed(
            float(billed["audio_seconds"] or 0),
            int(billed["translated_characters"] or 0),
            int(billed["comprehend_units"] or 0),
            int(billed["speech_characters"] or 0),
        ),
        run=run,
        recording=recording,
        skipped=tuple(written["skipped_languages"]),
    )


def version_of(
    told: Json,
    full: Json,
    objects: Mapping[str, str],
    engines: Mapping[str, str],
    confidence: float,
) -> Version:
    """Put one language of a document together, all places as offsets into its text."""
    text = objects[told["text_uri"]]
    personal = full["pii"]
    redacted = told["redacted_uri"]
    return Version(
        language=told["language"],
        is_source=told["is_source"],
        engine="" if told["is_source"] else engines.get(told["language"], ""),
        text=text,
        sentiment=segment_of({"begin": 0, "end": len(text), **(full["sentiment"] or NEUTRAL)}),
        segments=tuple(map(segment_of, full["segments"])),
        entities=places(full["entities"], "type"),
        key_phrases=places(full["key_phrases"], None),
        pii=None
        if personal is None
        else tuple(
            Found(p["type"], p["begin"], p["end"], p["score"])
            for p in personal
            if p["score"] >= confidence
        ),
        redacted=None if redacted is None else objects[redacted],
    )


def segment_of(given: Json) -> Segment:
    """Read a stretch of sentiment."""
    shares = (float(given[name]) for name in SHARES)
    return Segment(int(given["begin"]), int(given["end"]), given["label"], *shares)


def places(things: Sequence[Json], kind: str | None) -> tuple[Found, ...]:
    """List every place of every thing, from the beginning of the text on."""
    found = [
        Found(thing[kind] if kind else "", begin, end, thing["score"])
        for thing in things
        for begin, end in thing["offsets"]
    ]
    return tuple(sorted(found, key=lambda f: (f.begin, f.end, f.type)))


def recording_of(
    sound: bytes, media_type: str, reference: str, text: str, words: Sequence[Json]
) -> Recording:
    """Put a recording beside what was heard in it."""
    return Recording(
        sound,
        media_type,
        reference,
        tuple(
            Word(
                float(w["start"]),
                float(w["end"]),
                None if w.get("confidence") is None else float(w["confidence"]),
                w["begin"],
                w["end_offset"],
                w.get("channel"),
            )
            for w in words
        ),
        len(words_of(reference)),
        word_error_rate(reference, text),
    )


def failed_of(written: Json, run: Run | None) -> Failed:
    """Read a failure record."""
    return Failed(
        key=written["input"]["key"],
        reason=written["reason"] or "",
        state=written["state"] or "",
        error=written["error"] or "",
        cause=written["cause"] or "",
        run=run,
    )


def amounts_of(document: Document) -> Amounts:
    """Say what a document used, as it was billed and as its histories tell."""
    b, run = document.billed, document.run
    audio = b.audio_seconds
    return Amounts(
        documents=1,
        audio_seconds=Range(audio, max(audio, SHORTEST_BILLED) if audio else 0),
        translated_characters=exactly(b.translated_characters),
        comprehend_units=exactly(b.comprehend_units),
        speech_characters=exactly(b.speech_characters),
        transitions=exactly(run.transitions if run else 0),
        invocations=exactly(run.invocations if run else 0),
        children=exactly(run.children if run else 0),
        text_bytes=float(sum(len(v.text.encode()) for v in document.versions)),
        media_bytes=exactly(document.size_bytes if document.kind == "audio" else 0),
    )
