"""Crawls: which of them run, how the last one of each crawler went, and what it did."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses

RUNNING, STOPPING = "RUNNING", "STOPPING"


@dataclass(eq=False)
class Crawl:
    """One crawl of one crawler, as it was when the crawl began."""

    crawler: Mapping[str, Any]
    credentials: Mapping[str, str]
    group: str  # of its log
    state: str = RUNNING
    status: str = ""  # once it is over
    error: str = ""
    prefix: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=CLOCK.time)
    ended: float | None = None
    tables: Counter[str] = field(default_factory=Counter)  # created, updated, deleted

    @property
    def name(self) -> str:
        """The crawler's name."""
        return str(self.crawler["Name"])

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return (self.ended or CLOCK.time()) - self.started

    def end(self, status: str, error: str = "") -> None:
        """Be over."""
        self.status, self.error, self.ended = status, error, CLOCK.time()

    def described(self) -> dict[str, Any]:
        """Show it as ``LastCrawl``."""
        shown = {
            "Status": self.status,
            "ErrorMessage": self.error[:2048] or None,
            "LogGroup": self.group,
            "LogStream": self.name,
            "MessagePrefix": self.prefix,
            "StartTime": self.started,
        }
        return {name: value for name, value in shown.items() if value is not None}


class Crawls:
    """The last crawl of every crawler, by account and Region."""

    def __init__(self) -> None:
        self._last: Any = responses.AccountRegionScopedDict()
        self._all: list[Crawl] = []

    def begin(self, crawl: Crawl) -> None:
        """Take a crawl."""
        self._last[crawl.name] = [*(self._last.get(crawl.name) or []), crawl]
        self._all.append(crawl)

    def of(self, name: str) -> list[Crawl]:
        """List a crawler's crawls, the oldest first."""
        return list(self._last.get(name) or [])

    def running(self, name: str) -> Crawl | None:
        """Find the crawl of a crawler that is not over."""
        return next((crawl for crawl in self.of(name) if crawl.ended is None), None)

    def under_way(self) -> int:
        """Count those that are not over, of every account."""
        return sum(crawl.ended is None for crawl in self._all)

    def forget(self, name: str) -> None:
        """Forget a crawler's crawls."""
        self._last.pop(name, None)

    def clear(self) -> None:
        """Forget all."""
        self._last.clear()
        self._all.clear()


CRAWLS = Crawls()
