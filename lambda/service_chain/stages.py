"""Which stages a text goes through, as the stack sets them in a function's environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from runtime import settings
from service_chain.batches import MAX_BATCH_BYTES
from service_chain.languages import comprehend_code
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

    def skipped(self, source: str, targets: list[str]) -> list[str]:
        """List the languages that would be analysed, did Comprehend know them."""
        wanted = [source] if self.wants_source(is_target=source in targets) else []
        wanted += targets if self.wants_targets() else []
        return [name for name in dict.fromkeys(wanted) if comprehend_code(name) is None]


def _voices(text: str) -> Mapping[str, str]:
    try:
        voices = json.loads(text)
    except ValueError:
        voices = None
    if not isinstance(voices, dict):
        settings.refuse("VOICES", text, "want a JSON object of languages and voices, such as {}")
    return voices
