"""Query executions: submitted, run beside one another, cancelled, and what is said of them."""

import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import duckdb

from sandbox.core.clock import CLOCK
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.results import Result
from sandbox.services.athena.engine.statements import kind

VERSION = "Athena engine version 3"
_INSIST_SECONDS = 0.05


@dataclass
class Execution:
    """One query, from submission to its end."""

    query: str
    workgroup: str
    database: str
    output: str
    result_configuration: dict[str, Any]
    parameters: list[str] = field(default_factory=list)
    query_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    reason: str = ""
    error: AthenaError | None = None
    submitted: float = field(default_factory=CLOCK.time)
    finished: float | None = None
    scanned: int = 0
    result: Result | None = None
    connection: duckdb.DuckDBPyConnection | None = None
    over: threading.Event = field(default_factory=threading.Event)  # no thread works on it

    @property
    def kind(self) -> str:
        """DML, DDL or UTILITY."""
        return kind(self.query)

    @property
    def file(self) -> str:
        """Where the result lies: CSV for rows of a query, text for the rest."""
        ending = "csv" if self.kind == "DML" else "txt"
        return f"{self.output.rstrip('/')}/{self.query_id}.{ending}"

    @property
    def manifest(self) -> str:
        """Where the list of written objects lies."""
        return f"{self.output.rstrip('/')}/{self.query_id}-manifest.csv"

    def begin(self) -> bool:
        """Start, unless it was cancelled while it waited."""
        if self.state != "QUEUED":
            return False
        self.state = "RUNNING"
        return True

    def end(self, state: str, reason: str = "", error: AthenaError | None = None) -> None:
        """Finish; the first end counts."""
        if self.state in ("QUEUED", "RUNNING"):
            self.state, self.reason, self.error = state, reason, error
            self.finished = CLOCK.time()

    def cancel(self) -> None:
        """Stop a query that has not ended."""
        self.end("CANCELLED", "Query was cancelled by user")
        self._interrupt()

    def _interrupt(self) -> None:
        """Tell the engine until it is over: what it is told before it runs, it forgets."""
        if self.connection is not None:
            with suppress(duckdb.Error):  # it has just closed
                self.connection.interrupt()
        if not self.over.is_set():
            again = threading.Timer(_INSIST_SECONDS, self._interrupt)
            again.daemon = True
            again.start()

    def described(self) -> dict[str, Any]:
        """Say what GetQueryExecution says."""
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.finished:
            status["CompletionDateTime"] = self.finished
        if self.error is not None:
            status["AthenaError"] = {
                "ErrorCategory": 2,
                "ErrorType": self.error.error_type,
                "Retryable": False,
                "ErrorMessage": self.reason,
            }
        took = int(((self.finished or CLOCK.time()) - self.submitted) * 1000)
        statistics: dict[str, Any] = {
            "EngineExecutionTimeInMillis": took,
            "DataScannedInBytes": self.scanned,
            "TotalExecutionTimeInMillis": took,
            "QueryQueueTimeInMillis": 0,
            "ServicePreProcessingTimeInMillis": 0,
            "QueryPlanningTimeInMillis": 0,
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        }
        if self.result is not None and self.result.manifest is not None:
            statistics["DataManifestLocation"] = self.manifest
        shown: dict[str, Any] = {
            "QueryExecutionId": self.query_id,
            "Query": self.query,
            "StatementType": self.kind,
            "ResultConfiguration": {**self.result_configuration, "OutputLocation": self.file},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": {"Database": self.database, "Catalog": "awsdatacatalog"},
            "Status": status,
            "Statistics": statistics,
            "WorkGroup": self.workgroup,
            "EngineVersion": {
                "SelectedEngineVersion": VERSION,
                "EffectiveEngineVersion": VERSION,
            },
        }
        if self.parameters:
            shown["ExecutionParameters"] = self.parameters
        return shown


_PRECISION = {
    "tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "real": 17, "double": 17,
    "timestamp": 3, "timestamp with time zone": 3,
}  # fmt: skip


def page(execution: Execution, start: int, limit: int) -> tuple[Mapping[str, Any], int | None]:
    """Return one page of results, and where the next one starts.

    The first row of a query's first page holds the column names, and counts.
    """
    result = execution.result or Result()
    names = [name for name, _ in result.columns]
    header = [list[str | None](names)] if execution.kind == "DML" and names else []
    rows = [*header, *result.rows]
    shown = rows[start : start + limit]
    data = [{"Data": [{} if v is None else {"VarCharValue": v} for v in row]} for row in shown]
    columns = [
        {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": name,
            "Label": name,
            "Type": "float" if of.name == "real" else of.name,
            "Precision": of.numbers[0]
            if of.name == "decimal"
            else _PRECISION.get(of.name, _wide(of.name)),
            "Scale": of.numbers[1] if of.name == "decimal" else 0,
            "Nullable": "UNKNOWN",
            "CaseSensitive": of.name in ("varchar", "char"),
        }
        for name, of in result.columns
    ]
    answer: dict[str, Any] = {
        "ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": columns}},
        "UpdateCount": result.updated or 0,
    }
    following = start + limit
    return answer, following if following < len(rows) else None


def _wide(name: str) -> int:
    return 2147483647 if name in ("varchar", "json", "char") else 0
