"""The functions' environment, read once and held to its ranges. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.settings import integer, number, string


@dataclass(frozen=True, slots=True)
class Settings:
    """Which endpoint to ask, how long to try, and when to leave it alone."""

    endpoint: str
    answer_seconds: float
    failures: int
    open_seconds: float
    weights_seconds: float

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Read it; raise ValueError for a value that cannot be right."""
        return cls(
            endpoint=string(environment, "ENDPOINT_NAME"),
            answer_seconds=number(environment, "ANSWER_SECONDS", at_least=0.5, at_most=25),
            failures=integer(environment, "BREAKER_FAILURES", at_least=1, at_most=100),
            open_seconds=number(environment, "BREAKER_SECONDS", at_least=1, at_most=300),
            weights_seconds=number(environment, "WEIGHTS_SECONDS", at_least=1, at_most=300),
        )
