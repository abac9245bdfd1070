"""Which stages a text goes through, as the stack sets them in a function's environment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from runtime import settings
from service_chain.batches import MAX_BATCH_BYTES
from service_chain.languages import comprehend_code, is_translated
from service_chain.pieces import MIN_BYTES

# https://docs.aws.amazon.com/translate/latest/dg/what-is-limits.html and
# https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html
_MAX_CHUNK_BYTES = 10_000
_MAX_ITEM_BYTES = 5_000
_ANALYZE = ("all", "source", "targets", "none")


@dataclass(frozen=True, slots=True)
class Stages:
    """What is done with a text: the limits of its pieces, and who gets them."""

    analyze: str
    chunk_bytes: int
    item_bytes: int
    voices: Mapping[str, str]

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read environment variables; raise ValueError naming one that is wrong."""
        analyze = environment.get("ANALYZE", "all")
        if analyze not in _ANALYZE:
            settings.refuse("ANALYZE", analyze, f"want one of {', '.join(_ANALYZE)}")

        def size(name: str, at_most: int, default: int) -> int:
            return settings.integer(
                environment, name, at_least=MIN_BYTES, at_most=at_most, default=default
            )

        return cls(
            analyze=analyze,
            chunk_bytes=size("CHUNK_BYTES", _MAX_CHUNK_BYTES, 9_000),
            item_bytes=size("ITEM_BYTES", min(_MAX_ITEM_BYTES, MAX_BATCH_BYTES), 1_000),
            voices=_voices(environment.get("VOICES", "{}")),
        )

    def wants_source(self, *, is_target: bool) -> bool:
        """Tell whether the original is analysed; passed through, it is a target as well."""
        return self.analyze in {"all", "source"} or (self.analyze == "targets" and is_target)

    def wants_targets(self) -> bool:
        """Tell whether translations are analysed."""
        return self.analyze in {"all", "targets"}

    def translations(self, source: str, targets: Sequence[str]) -> list[str]:
        """List the languages to translate into: none where Translate lacks the source."""
        if not is_translated(source):
            return []
        return [target for target in dict.fromkeys(targets) if target != source]

    def skipped(self, source: str, targets: Sequence[str]) -> list[str]:
        """List the languages that would be analysed, did Comprehend know them."""
        wanted = [source] if self.wants_source(is_target=source in targets) else []
        wanted += self.translations(source, targets) if self.wants_targets() else []
        return [name for name in wanted if comprehend_code(name) is None]

    def skipped_stages(self, source: str, targets: Sequence[str]) -> list[dict[str, str]]:
        """List the stages that a language does not go through as its service lacks it, and why."""
        skipped = []
        if not is_translated(source) and set(targets) - {source}:
            skipped.append(_skipped("translate", source, "Amazon Translate lacks the language"))
        for name in self.skipped(source, targets):
            skipped.append(_skipped("analyze", name, "Amazon Comprehend lacks the language"))
        spoken = [*self.translations(source, targets), *({source} & set(targets))]
        for name in spoken if self.voices else ():
            if name not in self.voices:
                skipped.append(_skipped("speak", name, "no voice is set for the language"))
        return skipped


def _skipped(stage: str, language: str, reason: str) -> dict[str, str]:
    return {"stage": stage, "language": language, "reason": reason}


def _voices(text: str) -> Mapping[str, str]:
    try:
        voices = json.loads(text)
    except ValueError:
        voices = None
    if not isinstance(voices, dict):
        settings.refuse("VOICES", text, "want a JSON object of languages and voices, such as {}")
    return voices
