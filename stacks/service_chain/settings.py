"""The settings of the service chain: its section of ``config/*.toml``."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.service_chain import codes
from stacks.settings.fields import Deliveries, QuotaShare, Section, Share, one_of
from stacks.settings.shared import Functions, Queries, Retention

# As Translate names languages ("es", "zh-TW"), and as Transcribe does ("en-US").
Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$"),
    AfterValidator(one_of("a language that Amazon Translate knows", codes.TRANSLATED)),
]
SpokenLanguage = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}-[A-Z]{2}$"),
    AfterValidator(one_of("a language that Amazon Transcribe identifies", codes.IDENTIFIED)),
]
# The name of something that was made in the account beforehand, or nothing.
OptionalName = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z._-]{0,200}$")]
VoiceName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{1,40}$")]
Concurrency = Annotated[int, Field(ge=1, le=1000)]

EVENTS_PER_LOOK = 16  # in the history, each time that the chain looks after a transcription itself
LARGEST_HISTORY = 20_000  # AWS ends an execution at 25,000 events; the rest of a chain needs few


def _different(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("a list of languages, each once")
    return names


def _languages_to_choose_from(codes: tuple[str, ...]) -> tuple[str, ...]:
    if len(codes) == 1 or len(set(codes)) < len(codes):
        raise ValueError('no language, or two and more such as ["en-US", "es-US"], each once')
    return codes


def _spoken_here(voices: dict[str, str]) -> dict[str, str]:
    for language, voice in voices.items():
        allowed = codes.voices_for(language)
        if voice not in allowed:
            raise ValueError(
                f"for {language} a standard voice of Amazon Polly that reads it: "
                + (", ".join(allowed) or "there is none, leave the language out")
            )
    return voices


class ConfidenceThresholds(Section):
    """The confidence, from 0 to 1, below which the view leaves a finding out."""

    sentiment: Share
    entity: Share
    key_phrase: Share


class ServiceChain(Retention, Queries, Functions):
    """The settings of the architecture of that name."""

    transcribe: bool
    translate_to: Annotated[tuple[Language, ...], Field(strict=False), AfterValidator(_different)]
    comprehend: bool
    analyze: Literal["all", "source", "targets", "none"]
    redact: bool
    redact_confidence: Share
    speak: bool
    voices: Annotated[dict[Language, VoiceName], AfterValidator(_spoken_here)]
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2,3}(-[A-Z]{2})?)?$")]
    identify_among: Annotated[
        tuple[SpokenLanguage, ...],
        Field(strict=False),
        AfterValidator(_languages_to_choose_from),
    ]
    speakers: Literal["channels", "none"]
    vocabulary: OptionalName
    terminology: OptionalName
    concurrent_functions: Annotated[int, Field(ge=4, le=1000)]
    reconcile_seconds: Annotated[int, Field(ge=10, le=1800)]
    execution_hours: Annotated[int, Field(ge=1, le=720)]
    translate_concurrency: Concurrency
    analyze_concurrency: Concurrency
    comprehend_item_bytes: Annotated[int, Field(ge=300, le=5000)]
    translate_chunk_bytes: Annotated[int, Field(ge=1000, le=10_000)]
    max_text_bytes: Annotated[int, Field(ge=1000, le=50_000_000)]
    quota_share: QuotaShare
    starts_per_second: Annotated[float, Field(ge=1, le=100)]
    work_days: Annotated[int, Field(ge=1, le=90)]
    deliveries: Deliveries
    oldest_execution_minutes: Annotated[int, Field(ge=1, le=43_200)]
    thresholds: ConfidenceThresholds

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.vocabulary and not self.language:
            raise ValueError("a vocabulary only with a language: set language, or vocabulary to ''")
        if self.identify_among and self.language:
            raise ValueError("languages to identify only without a language: empty one of the two")
        self._has_a_known_language()
        self._has_use_for_what_is_set()
        if self.speak and not set(self.translate_to) & set(self.voices):
            raise ValueError("speak only with a voice for one of translate_to: add it to voices")
        looks = self.execution_hours * 3600 // self.reconcile_seconds
        if looks * EVENTS_PER_LOOK > LARGEST_HISTORY:
            raise ValueError(
                f"at most {LARGEST_HISTORY // EVENTS_PER_LOOK} times reconcile_seconds within "
                "execution_hours, or the history is full: raise the one or lower the other"
            )
        return self

    def _has_a_known_language(self) -> None:
        base = codes.base_of(self.language)
        if self.transcribe and self.language and self.language not in codes.TRANSCRIBED:
            raise ValueError(
                "a language as Transcribe names it, such as en-US, while transcribe is true: "
                f"one of {', '.join(codes.TRANSCRIBED)}"
            )
        if self.language and base not in codes.TRANSLATED and self.translate_to:
            raise ValueError(
                "translate_to only with a language that Amazon Translate knows, and it lacks "
                f"{base}: empty language or translate_to"
            )
        if not self.transcribe and self.language and base not in codes.TRANSLATED:
            raise ValueError(
                "a language that Amazon Translate or Comprehend knows, while transcribe is false: "
                f"one of {', '.join(codes.TRANSLATED)}"
            )

    def _has_use_for_what_is_set(self) -> None:
        if self.analyzes and self.analyze == "targets" and not self.translate_to:
            raise ValueError(
                "analyze targets only with translate_to: name a language, or change it"
            )
        texts = [*self.translate_to] if self.analyze in {"all", "targets"} else []
        if self.analyze in {"all", "source"}:
            texts += [self.language or "en"]
        if self.analyzes and not any(map(codes.is_analyzed, texts)):
            raise ValueError(
                "comprehend only with a text in a language that Amazon Comprehend knows, one of "
                f"{', '.join(codes.ANALYZED)}: add one to translate_to, or set comprehend to false"
            )
        if not self.transcribe and (self.identify_among or self.vocabulary):
            raise ValueError(
                "identify_among and vocabulary only while transcribe is true: empty them, or set it"
            )
        if self.terminology and not self.translate_to:
            raise ValueError("a terminology only with translate_to: name a language, or empty it")

    @property
    def analyzes(self) -> bool:
        """Say whether any text goes to Comprehend."""
        return self.comprehend and self.analyze != "none"

    @property
    def splits(self) -> bool:
        """Say whether a text is cut into pieces for another service."""
        return self.analyzes or bool(self.translate_to)

    @property
    def services(self) -> frozenset[str]:
        """Name those of the stages that are on."""
        needed = {
            "comprehend": self.analyzes or not self.language,
            "polly": self.speak,
            "transcribe": self.transcribe,
            "translate": bool(self.translate_to),
        }
        return frozenset(service for service, is_needed in needed.items() if is_needed)
