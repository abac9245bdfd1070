"""The environment of the function that reads an experiment, held to its ranges. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.settings import number, string


@dataclass(frozen=True, slots=True)
class ExperimentSettings:
    """Which endpoint, where its experiment is noted and captured, and what is worth a decision."""

    endpoint: str
    table: str
    bucket: str
    effect: float
    error_rate: float

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "ExperimentSettings":
        """Read it; raise ValueError for a value that cannot be right."""
        return cls(
            endpoint=string(environment, "ENDPOINT_NAME"),
            table=string(environment, "TURNS_TABLE"),
            bucket=string(environment, "CAPTURES_BUCKET"),
            effect=number(environment, "EFFECT", at_least=0.0001, at_most=1),
            error_rate=number(environment, "ERROR_RATE", at_least=0.001, at_most=0.5),
        )
