"""What came of the things that wait in one place."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


class OperationError(Exception):
    """What an operator asked for cannot be done; one line says why and what to do."""


@dataclass(slots=True)
class Outcome:
    """How many were dealt with, by what was done, and how many stay, by why."""

    done: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    has_failed: bool = False  # some stay although they should not

    @property
    def total(self) -> int:
        """How many were dealt with."""
        return self.done.total()

    def fail(self, error: Exception, count: int = 0) -> None:
        """Note what an error leaves where it is; a count of 0 is one that is not known."""
        self.left[" ".join(str(error).split())] += count
        self.has_failed = True

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Give what was done, or nothing for what stays, with the count and the reason."""
        for what, count in self.done.items():
            yield str(count), what, ""
        for why, count in self.left.items():
            yield str(count or "?"), "left", why
