"""What Athena can query: records of every data set, what was set aside, what was loaded."""

from pathlib import Path

from constructs import Construct

from stacks.data_lake.datasets import datasets
from stacks.data_lake.discovery import Discovery
from stacks.data_lake.levels import Levels
from stacks.data_lake.settings import DataLake
from stacks.shared.bucket import PrivateBucket
from stacks.shared.catalog import Catalog
from stacks.shared.queries import SqlFiles
from stacks.shared.tables import json_rows, parquet_rows, projected_days

UNKNOWN = "unknown"  # the data set of files that belong to none
OBJECTS = "objects"  # the folder, and the data set, of what is no file of records
QUARANTINE = {
    **dict.fromkeys(("source_id", "object_key", "version_id"), "string"),
    "arrived_at": "timestamp",
    "contract_version": "int",
    **dict.fromkeys(("line_number", "byte_offset"), "bigint"),
    **dict.fromkeys(("reason", "column_name", "record"), "string"),
}
LOADS = {
    **dict.fromkeys(("source_id", "dataset", "object_key", "version_id"), "string"),
    "size_bytes": "bigint",
    "arrived_at": "timestamp",
    "contract_version": "int",
    "file_reason": "string",
    **dict.fromkeys(
        ("records_read", "records_modeled", "records_set_aside", "records_repeated"), "bigint"
    ),
    **dict.fromkeys(("added_columns", "written_keys"), "array<string>"),
}

OBJECT_COLUMNS = {
    **dict.fromkeys(("object_id", "collection", "object_key", "version_id"), "string"),
    "size_bytes": "bigint",
    **dict.fromkeys(("captured_at", "arrived_at"), "timestamp"),
    **dict.fromkeys(("content_type", "sha256"), "string"),
    **dict.fromkeys(("width", "height"), "int"),
    "characters": "bigint",
    **dict.fromkeys(("encoding", "file_reason"), "string"),
}


class LakeCatalog(Catalog):
    """A table and a view for every contract, and tables about what happened to files."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        levels: Levels,
        modeled: PrivateBucket,
        failures: PrivateBucket,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Records under contracts; a view named as its data set has each once.",
            baseline=levels["answers"],
            settings=settings,
        )
        found = datasets()
        day = projected_days(settings.result_days)
        for dataset in found:
            self.add_table(
                dataset.records,
                parquet_rows(dataset.hive_columns),
                description=f"Records as delivered, possibly twice: ask the view {dataset.name}.",
                bucket=modeled,
                partitions={"day": day},
                folder=dataset.name,
            )
            self.add_view(dataset.name, dataset.view_sql, dataset.view_types)
        names = ",".join([*(dataset.name for dataset in found), OBJECTS, UNKNOWN])
        self.add_table(
            "quarantine",
            parquet_rows(QUARANTINE),
            description="Records that were set aside, with their place and reason; a file too.",
            bucket=failures,
            partitions={
                "dataset": {"folder": "dataset", "type": "enum", "values": names},
                "day": projected_days(settings.quarantine_days),
            },
        )
        self.add_table(
            "loads",
            json_rows(LOADS),
            description="One record per file that was taken, and what became of it.",
            bucket=modeled,
            partitions={"day": day},
        )
        self.add_table(
            OBJECTS,
            json_rows(OBJECT_COLUMNS),
            description="One record per version of an object below objects/, by its bytes.",
            bucket=modeled,
            partitions={"day": day},
        )
        folder = Path(__file__).parent
        for sql in [folder, *([folder / "enhanced"] if settings.enhanced else [])]:
            self.add_sql(SqlFiles(sql, {}), views={})
        self.discovery = (
            Discovery(self, "Discovery", settings, baseline=levels["raw"])
            if settings.discovery
            else None
        )

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to query it, and to have unknown files looked at."""
        return {**super().outputs, **(self.discovery.outputs if self.discovery else {})}
