"""What stands behind the modeled zone, read from a deployed lake: tables, snapshots, manifests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from demos.athena import Answers, ask
from demos.data_lake.progress import Outputs
from sandbox.host.client import Sandbox

TABLES = ("retail_visits_enhanced", "retail_purchases_enhanced", "training_set")
HEAD = "SELECT snapshot_id FROM \"retail_visits_enhanced$refs\" WHERE name = 'main'"
SNAPSHOTS = (
    "SELECT committed_at, snapshot_id, operation, "
    "element_at(summary, 'added-records') AS added, "
    "element_at(summary, 'deleted-records') AS removed, "
    "element_at(summary, 'total-records') AS records "
    'FROM "{table}$snapshots" ORDER BY committed_at'
)
QUESTIONS = {
    "enhanced_visits": "SELECT visit_id, store, visitor, entered_at, seconds, zones, "
    "basket_touches, arrived_at FROM retail_visits_enhanced",
    "enhanced_purchases": "SELECT receipt_id, visit_id, store, paid_at, amount, arrived_at "
    "FROM retail_purchases_enhanced",
    "training_set": "SELECT * FROM training_set ORDER BY moment, visit_id",
    **{f"snapshots of {table}": SNAPSHOTS.format(table=table) for table in TABLES},
}
THEN_AND_NOW = """
SELECT now.store, earlier.visits AS visits_then, now.visits, earlier.minutes AS minutes_then,
    now.minutes
FROM (
    SELECT store, count(*) AS visits, avg(seconds) / 60 AS minutes
    FROM retail_visits_enhanced GROUP BY store
) AS now
JOIN (
    SELECT store, count(*) AS visits, avg(seconds) / 60 AS minutes
    FROM retail_visits_enhanced FOR VERSION AS OF {snapshot} GROUP BY store
) AS earlier ON earlier.store = now.store
ORDER BY now.store
"""
CORRECTED = """
SELECT now.visit_id, earlier.seconds AS seconds_then, now.seconds
FROM retail_visits_enhanced AS now
JOIN retail_visits_enhanced FOR VERSION AS OF {snapshot} AS earlier
    ON earlier.visit_id = now.visit_id
WHERE earlier.seconds <> now.seconds
ORDER BY now.visit_id
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of the catalog."""

    name: str
    kind: str
    columns: int
    says: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a table was held to, and what was measured."""

    table: str
    says: str
    result: str
    measured: str


@dataclass(frozen=True, slots=True)
class Curated:
    """What the catalog, the quality of tables and the transformed zone tell.

    ``rules`` are those of the newest evaluation of each table, of so many ``evaluations`` in all.
    """

    first_snapshot: str
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]
    evaluations: int
    pointer: Mapping[str, Any]
    manifest: Mapping[str, Any]


def head_of_visits(sandbox: Sandbox, stack: Outputs) -> str:
    """Name the snapshot that the visits' table has now."""
    return ask(sandbox, stack, {"head": HEAD})["head"][0]["snapshot_id"]


def ask_tables(sandbox: Sandbox, stack: Outputs, first_snapshot: str) -> Answers:
    """Ask the tables, as they are and as they were at a snapshot."""
    travels = {"then_and_now": THEN_AND_NOW, "corrected": CORRECTED}
    ids = f"SELECT visit_id FROM retail_visits_enhanced FOR VERSION AS OF {first_snapshot}"  # noqa: S608 (a number that Athena told)
    return ask(
        sandbox,
        stack,
        {
            **QUESTIONS,
            **{name: sql.format(snapshot=first_snapshot) for name, sql in travels.items()},
            "visits_then": ids,
        },
    )


def read(sandbox: Sandbox, stack: Outputs, run: str, first_snapshot: str) -> Curated:
    """Read what a run of the lake left behind."""
    s3, glue = sandbox.client("s3"), sandbox.client("glue")

    def document(bucket: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        return found

    pointer = document(stack.transformed_bucket_name, f"runs/{run}.json")
    place = urlsplit(pointer["manifest"])
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=stack.database_name)
    results = _results(glue)
    newest = {each["DataSource"]["GlueTable"]["TableName"]: each for each in results}
    return Curated(
        first_snapshot,
        tuple(_table(each) for page in pages for each in page["TableList"]),
        tuple(rule for table in TABLES if table in newest for rule in _rules(table, newest[table])),
        len(results),
        pointer,
        document(place.netloc, place.path.lstrip("/")),
    )


def _results(glue: Any) -> list[dict[str, Any]]:
    """Read all results of rulesets, the newest last."""
    page = glue.list_data_quality_results(MaxResults=100)
    found = [glue.get_data_quality_result(ResultId=each["ResultId"]) for each in page["Results"]]
    return sorted(found, key=lambda each: each["CompletedOn"])


def _rules(table: str, result: Mapping[str, Any]) -> list[Rule]:
    return [
        Rule(
            table,
            rule["Description"],
            rule["Result"],
            rule.get("EvaluationMessage")
            or ", ".join(f"{value:g}" for value in rule.get("EvaluatedMetrics", {}).values()),
        )
        for rule in result["RuleResults"]
    ]


def _table(found: Mapping[str, Any]) -> Table:
    storage = found.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {}).get("SerializationLibrary", "")
    kind = "Parquet" if "parquet" in serde.lower() else "JSON Lines"
    if found.get("Parameters", {}).get("table_type", "").upper() == "ICEBERG":
        kind = "Iceberg"
    elif found.get("TableType") == "VIRTUAL_VIEW":
        kind = "view"
    columns = len(storage.get("Columns", [])) + len(found.get("PartitionKeys", []))
    return Table(found["Name"], kind, columns, found.get("Description", ""))
