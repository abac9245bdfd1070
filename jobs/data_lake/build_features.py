"""Build the training set of what the enhanced zone has: one snapshot for each content."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from awsglue.utils import getResolvedOptions
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from data_lake.absent_objects import is_absent
from data_lake.conflicts import ATTEMPTS, is_conflict
from data_lake.content_hash import content_hash, parts
from data_lake.labelled_visits import known_until
from data_lake.manifest import Origin, manifest
from data_lake.publish_training_set import (
    Content,
    Documents,
    forget,
    publish,
    publish_nothing,
    sweep,
)
from data_lake.read_faces import read_faces
from data_lake.training_rows import Rules, examples, training_rows
from data_lake.training_set import TrainingSet
from data_lake.training_table import COLUMNS

FOLDER = "training_set"
LINEAGE = "source_id string, arrived_at timestamp"
VISITS = "visit_id string, store string, visitor string, entered_at timestamp, seconds bigint, "
VISITS += f"zones bigint, basket_touches bigint, age_band string, temperature double, {LINEAGE}"
PURCHASES = f"visit_id string, store string, paid_at timestamp, amount decimal(18,2), {LINEAGE}"
LOADS = "source_id string, object_key string, version_id string"
NAMES = ("run", "code_version", "faces")
PLACES = ("visits", "purchases", "training_set", "loads", "transformed")
NUMBERS = ("window_days", "label_minutes", "validation_percent", "test_percent")
AGES = ("kept_days", "snapshot_days", "sweep_minutes")


def main(arguments: Sequence[str]) -> None:
    """Build it; a run that another writer came before looks again, and goes on."""
    options = getResolvedOptions(list(arguments), [*NAMES, *PLACES, *NUMBERS, *AGES])
    spark = SparkSession.builder.getOrCreate()
    documents = Documents(options["transformed"])
    for attempt in range(1, ATTEMPTS + 1):
        try:
            pointer = build(spark, documents, options)
            break
        except Exception as error:
            if attempt == ATTEMPTS or not is_conflict(error):
                raise
            print("training set: another writer was first; again", flush=True)
    print(json.dumps({"run": options["run"], **pointer}), flush=True)
    clean(spark, documents, options)


def build(spark: SparkSession, documents: Documents, options: Mapping[str, str]) -> dict[str, Any]:
    """Commit what the enhanced tables make, unless it is there already, and tell of it."""
    table = TrainingSet(spark, options["training_set"])
    table.prepare()
    seen = table.look()  # first: who commits after it makes the commit below fail
    tables: dict[str, int | None] = {}
    visits = enhanced(spark, options["visits"], VISITS, tables)
    purchases = enhanced(spark, options["purchases"], PURCHASES, tables)
    faces, faces_from = read_faces(spark, options["faces"])
    rules = Rules(**{name: int(options[name]) for name in NUMBERS})
    with ExitStack() as persisted:

        def kept(frame: DataFrame) -> DataFrame:
            persisted.callback(frame.unpersist)
            return frame.persist()

        found = kept(examples(visits, purchases, faces, rules))
        (as_of,) = known_until(visits, purchases).collect()
        made = training_rows(found, as_of[0], rules)
        rows = kept(made.rows)
        counted = {row["split"]: row["count"] for row in rows.groupBy("split").count().collect()}
        if not counted and seen.head is None:
            return publish_nothing(documents, options["run"])
        name = content_hash(COLUMNS, [tuple(row) for row in parts(rows, COLUMNS).collect()])

        def describe(snapshot_id: int) -> bytes:
            objects = sources(spark, visits, purchases, options["loads"])
            origin = Origin(tables, objects, faces_from, options["code_version"])
            files = table.data_files(snapshot_id)
            return manifest(table.name, snapshot_id, files, name, made, counted, rules, origin)

        content = Content(rows, sum(counted.values()), name)
        return publish(table, documents, options["run"], seen, content, describe)


def enhanced(
    spark: SparkSession, table: str, columns: str, read: dict[str, int | None]
) -> DataFrame:
    """Read a table as it is by now, which is noted in ``read``; nothing before its first commit."""
    refs = spark.table(f"{table}.refs").where("name = 'main'").collect()
    read[table] = next((int(row["snapshot_id"]) for row in refs), None)
    if read[table] is None:
        return spark.createDataFrame([], columns)
    # By its own columns, too: the reader's option of a snapshot takes the table's newest ones.
    found = spark.sql(f"SELECT * FROM {table} VERSION AS OF {read[table]}")  # noqa: S608 (told by the stack)
    return found.select(*(column.split(" ")[0] for column in columns.split(", ")))


def sources(
    spark: SparkSession, visits: DataFrame, purchases: DataFrame, loads: str
) -> list[tuple[str, str]]:
    """Name the raw objects that records come from, by the records of what was loaded."""
    wanted = visits.select("source_id").union(purchases.select("source_id")).distinct()
    try:
        known = spark.read.schema(LOADS).json(loads)
    except AnalysisException as error:
        if is_absent(error):
            return []
        raise
    found = known.join(wanted, "source_id", "left_semi").select("object_key", "version_id")
    return [(row["object_key"], row["version_id"]) for row in found.distinct().collect()]


def clean(spark: SparkSession, documents: Documents, options: Mapping[str, str]) -> None:
    """Let go of what is too old, and delete what runs that were killed left behind."""
    table, now = TrainingSet(spark, options["training_set"]), datetime.now(UTC)
    kept, snapshots = (now - timedelta(days=int(options[name])) for name in AGES[:2])
    forget(table, documents, kept, snapshots)
    left = now - timedelta(minutes=int(options["sweep_minutes"]))
    for key in sweep(table, documents, f"{FOLDER}/", left):
        print(f"training set: nothing needs {key}, which was deleted", flush=True)


if __name__ == "__main__":
    main(sys.argv)
