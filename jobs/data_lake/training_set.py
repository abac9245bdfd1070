"""The table of training rows: each statement about it is whole, or not done at all. Pure."""

from datetime import datetime
from typing import NamedTuple

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

from data_lake import training_table
from data_lake.enhanced_table import forget_sql
from data_lake.training_table import HASH, ORDER, RUN, DataFile, Snapshot

ROWS_A_FILE = 1_000_000


class Seen(NamedTuple):
    """The snapshot that a table was at, and the one that brought what it held."""

    head: int | None
    content: Snapshot | None


class TrainingSet:
    """The table of that name, with its catalog, as a session of Spark has it."""

    def __init__(self, spark: SparkSession, name: str) -> None:
        self.spark, self.name = spark, name

    def prepare(self) -> None:
        """Give the table the columns that the code has by now."""
        fields = self.spark.table(self.name).schema.fields
        there = {field.name: field.dataType.simpleString() for field in fields}
        for statement in training_table.evolution_sql(self.name, there):
            self.spark.sql(statement)

    def head(self) -> int | None:
        """Tell the snapshot that the table is at."""
        return self._refs("BRANCH").get("main")

    def tags(self) -> dict[str, int]:
        """Tell the snapshots that are kept, by what they are kept for."""
        return self._refs("TAG")

    def snapshots(self) -> dict[int, Snapshot]:
        """Tell all snapshots, by their own names."""
        rows = self.spark.table(f"{self.name}.snapshots").collect()
        return {row["snapshot_id"]: training_table.snapshot_of(row) for row in rows}

    def look(self) -> Seen:
        """See where the table is."""
        head = self.head()
        return Seen(head, training_table.content_of(head, self.snapshots()))

    def holding(self, content_hash: str) -> Snapshot:
        """Find the newest snapshot that a run made of a content."""
        found = (s for s in self.snapshots().values() if s.content_hash == content_hash)
        return max(found, key=lambda snapshot: snapshot.committed_at)

    def replace(self, rows: DataFrame, count: int, base: int | None, name: str, run: str) -> None:
        """Put rows in the place of all that there are, in one commit.

        Iceberg refuses it if the table is not at ``base`` any more, as what was read is stale then.
        """
        files = -(-count // ROWS_A_FILE) or 1
        ordered = rows.repartitionByRange(files, *ORDER).sortWithinPartitions(*ORDER)
        writer = (
            ordered.writeTo(self.name)
            .option("isolation-level", "serializable")
            .option(f"snapshot-property.{HASH}", name)
            .option(f"snapshot-property.{RUN}", run)
        )
        if base is not None:
            writer = writer.option("validate-from-snapshot-id", str(base))
        writer.overwrite(F.lit(True))

    def keep(self, snapshot_id: int, tag: str) -> None:
        """Keep a snapshot from being forgotten."""
        self.spark.sql(training_table.tag_sql(self.name, tag, snapshot_id))

    def release(self, tag: str) -> None:
        """Let a snapshot be forgotten."""
        self.spark.sql(training_table.untag_sql(self.name, tag))

    def forget(self, before: datetime) -> None:
        """Forget snapshots from before a moment, and delete what only they hold.

        The one that the table is at stays, and so do those that are kept.
        """
        kept = {self.head(), *self.tags().values()}
        old = [
            s for s in self.snapshots().values() if s.committed_at.timestamp() < before.timestamp()
        ]
        if any(snapshot.snapshot_id not in kept for snapshot in old):
            self.spark.sql(forget_sql(self.name, before))

    def data_files(self, snapshot_id: int) -> list[DataFile]:
        """Name the files that hold the rows of a snapshot."""
        rows = self.spark.sql(training_table.data_files_sql(self.name, snapshot_id)).collect()
        return [DataFile(*row) for row in rows]

    def files(self) -> set[str]:
        """Name every file that the table or one of its snapshots needs."""
        rows = self.spark.sql(training_table.referenced_sql(self.name)).collect()
        return {row["file"] for row in rows}

    def _refs(self, kind: str) -> dict[str, int]:
        rows = self.spark.table(f"{self.name}.refs").where(F.col("type") == kind).collect()
        return {row["name"]: row["snapshot_id"] for row in rows}
