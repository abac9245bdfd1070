"""What sections of the settings are made of: their base class, and kinds of values."""

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

LogDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]  # fmt: skip
Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
QuotaShare = Annotated[float, Field(ge=0.01, le=1)]
PerSecond = Annotated[float, Field(ge=1, le=5000)]
Days = Annotated[int, Field(ge=1, le=3650)]
# An event source that is a queue takes no fewer than two, and no more than a thousand.
ConcurrentFunctions = Annotated[int, Field(ge=2, le=1000)]
Deliveries = Annotated[int, Field(ge=1, le=20)]


class Section(BaseModel):
    """A section of the files: read-only, nothing unknown, nothing converted, nothing optional."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @property
    def services(self) -> frozenset[str]:
        """Name the services that an architecture needs and not every Region has; mostly none."""
        return frozenset()

    @property
    def images(self) -> frozenset[str]:
        """Name the groups of AWS's images that an architecture runs; mostly none."""
        return frozenset()


def one_of(what: str, allowed: Collection[str]) -> Callable[[str], str]:
    """Make a validator that takes one of these texts, and else tells them and the nearest one."""

    def check(value: str) -> str:
        if value not in allowed:
            close = get_close_matches(value, allowed, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise ValueError(f"{what}{hint}: {', '.join(sorted(allowed))}")
        return value

    return check
