"""A hyperparameter of a built-in algorithm: what it may be, and how AWS wants it spelled. Pure."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Value = int | float | str | bool
_KINDS = {"integer": "a whole number", "number": "a number"}
TEXT, FLAG = "text", "flag"


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """What one may be; the file of the table says what each member means."""

    name: str
    type: str
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    whole_of: Sequence[int] = ()
    words: Sequence[str] = ()
    also: Sequence[str] = ()
    pattern: str = ""
    required: bool = False
    counted: bool = False
    tuned: bool = True
    ours: Value | None = None
    because: str = ""

    def takes(self, value: Value) -> bool:
        """Tell whether it may be this."""
        if isinstance(value, bool):
            return self.type == FLAG
        if isinstance(value, str):
            return value in (*self.words, *self.also) or bool(
                self.pattern and re.fullmatch(self.pattern, value)
            )
        return self.is_numeric and self._holds(value)

    def spelled(self, value: Value) -> str:
        """Spell it as AWS reads it: numbers as JSON, a flag by the words that it has for it."""
        if isinstance(value, bool):
            return self.words[0] if value else self.words[1]
        return value if isinstance(value, str) else json.dumps(value)

    @property
    def is_numeric(self) -> bool:
        """Tell whether it is a number."""
        return self.type in _KINDS

    @property
    def spoken(self) -> str:
        """Say what it may be."""
        said = [self._numbers()] if self.is_numeric else []
        said += ["true", "false"] if self.type == FLAG else []
        said += [*(self.words if self.type != FLAG else ()), *self.also]
        said += [f"text that matches {self.pattern}"] if self.pattern else []
        allowed = " or ".join(said) if self.is_numeric else ", ".join(said)
        return f"{allowed} ({self.because})" if self.because else allowed

    def _holds(self, value: float) -> bool:
        if not math.isfinite(value) or (self.type == "integer" and not float(value).is_integer()):
            return False
        if self.whole_of:
            return value in self.whole_of
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def _numbers(self) -> str:
        if self.whole_of:
            return f"one of {', '.join(map(str, self.whole_of))}"
        bounds: Mapping[str, float | None] = {
            "from": self.least,
            "above": self.above,
            "to": self.most,
            "below": self.below,
        }
        told = [f"{word} {bound:.10g}" for word, bound in bounds.items() if bound is not None]
        return " ".join([_KINDS[self.type], *told])
