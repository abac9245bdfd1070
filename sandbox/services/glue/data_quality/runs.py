"""Runs that evaluate rulesets, and their results: what was asked for, and how it went."""

import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import duckdb

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.glue.data_quality.measures import Outcome
from sandbox.services.glue.data_quality.rules import AnyRule

OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
_WORKERS, _MINUTES = 5, 120
_INSIST_SECONDS = 0.05


@dataclass(eq=False)
class Run:
    """One run; ``credentials`` are those of a session of the role that was passed."""

    request: Mapping[str, Any]
    credentials: Mapping[str, str]
    run_id: str = field(default_factory=lambda: f"dqrun-{secrets.token_hex(20)}")
    state: str = "STARTING"
    error: str = ""
    started: float = field(default_factory=CLOCK.time)
    changed: float = field(default_factory=CLOCK.time)
    completed: float | None = None
    result_ids: list[str] = field(default_factory=list)
    connection: duckdb.DuckDBPyConnection | None = None

    @property
    def names(self) -> Sequence[str]:
        """The rulesets."""
        return list(self.request["RulesetNames"])

    @property
    def table(self) -> tuple[str, str]:
        """The database and the table."""
        source = self.request["DataSource"]["GlueTable"]
        return source["DatabaseName"], source["TableName"]

    @property
    def minutes(self) -> int:
        """How long it may take."""
        return int(self.request.get("Timeout") or _MINUTES)

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.state in OVER

    def stop(self) -> None:
        """Interrupt the engine until it is over: what it is told before it runs, it forgets."""
        if self.is_over:
            return
        if self.connection is not None:
            with suppress(duckdb.Error):  # it has just closed
                self.connection.interrupt()
        again = threading.Timer(_INSIST_SECONDS, self.stop)
        again.daemon = True
        again.start()

    def become(self, state: str, error: str = "") -> None:
        """Go on to another state."""
        self.state, self.error, self.changed = state, error, CLOCK.time()
        if self.is_over:
            self.completed = self.changed

    def described(self) -> dict[str, Any]:
        """Show it as GetDataQualityRulesetEvaluationRun does."""
        shown = {
            "RunId": self.run_id,
            "DataSource": self.request["DataSource"],
            "Role": self.request["Role"],
            "NumberOfWorkers": self.request.get("NumberOfWorkers") or _WORKERS,
            "Timeout": self.minutes,
            "AdditionalRunOptions": self.request.get("AdditionalRunOptions"),
            "Status": self.state,
            "ErrorString": self.error or None,
            "StartedOn": self.started,
            "LastModifiedOn": self.changed,
            "CompletedOn": self.completed,
            "ExecutionTime": int((self.completed or CLOCK.time()) - self.started),
            "RulesetNames": self.names,
            "ResultIds": self.result_ids or None,
        }
        return {name: value for name, value in shown.items() if value is not None}

    def summary(self) -> dict[str, Any]:
        """Show it as a list does."""
        names = ("RunId", "Status", "StartedOn", "DataSource")
        return {name: self.described()[name] for name in names}


def result(run: Run, ruleset: str, found: Sequence[tuple[AnyRule, Outcome]]) -> dict[str, Any]:
    """Show what became of a ruleset's rules; the score is the share of those that passed."""
    passed = sum(outcome.result == "PASS" for _, outcome in found)
    return {
        "ResultId": f"dqresult-{secrets.token_hex(20)}",
        "Score": passed / len(found),
        "DataSource": run.request["DataSource"],
        "RulesetName": ruleset,
        "StartedOn": run.started,
        "CompletedOn": CLOCK.time(),
        "RulesetEvaluationRunId": run.run_id,
        "RuleResults": [_shown(number, *each) for number, each in enumerate(found, start=1)],
    }


def _shown(number: int, rule: AnyRule, outcome: Outcome) -> dict[str, Any]:
    shown = {
        "Name": f"Rule_{number}",
        "Description": rule.spelled,
        "EvaluationMessage": outcome.message,
        "Result": outcome.result,
        "EvaluatedMetrics": dict(outcome.metrics),
        "EvaluatedRule": rule.spelled,
    }
    return {name: value for name, value in shown.items() if value is not None}


class Records:
    """All runs and results, by account and Region."""

    def __init__(self) -> None:
        self.runs: Any = responses.AccountRegionScopedDict()
        self.results: Any = responses.AccountRegionScopedDict()
        self.tokens: Any = responses.AccountRegionScopedDict()
        self._all: list[Run] = []

    def add(self, run: Run) -> None:
        """Take a run."""
        self.runs[run.run_id] = run
        self._all.append(run)

    def under_way(self) -> int:
        """Count the runs that have not ended, of every account."""
        return sum(not run.is_over for run in self._all)

    def clear(self) -> None:
        """Stop and forget all."""
        for run in self._all:
            run.stop()
        self._all.clear()
        for kept in (self.runs, self.results, self.tokens):
            kept.clear()


RECORDS = Records()
