"""What one run of the chain gave: all that the terminal and the page show, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demos import results

PSEUDO = "pseudo"


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word: seconds in the recording, and where it stands in the text."""

    start: float
    end: float
    confidence: float | None
    begin: int
    end_offset: int
    channel: str | None = None


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
class Visit:
    """How often a state was entered in one execution, and the seconds spent in it, all added."""

    times: int
    seconds: float
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A state that was entered, or left."""

    state: str
    entered: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One execution, its children of Distributed Maps included, as its histories tell it."""

    name: str
    status: str
    started: datetime
    seconds: float
    states: Mapping[str, Visit]
    trails: tuple[tuple[Step, ...], ...]
    transitions: int
    invocations: int
    children: int
    events: int
    largest_state: int


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
class Results(results.Results):
    """The whole run."""

    machine: Mapping[str, Any]
    documents: tuple[Document, ...]
    failures: tuple[Failed, ...]
    insights: tuple[Mapping[str, str], ...]
    account: Account
    document_costs: Mapping[str, tuple[float, float]]
    thresholds: Mapping[str, float]
    result_days: int
    work_days: int

    @property
    def pseudo_translated(self) -> bool:
        """Whether any translation only pretends to be one."""
        return any(v.engine == PSEUDO for d in self.documents for v in d.versions)
