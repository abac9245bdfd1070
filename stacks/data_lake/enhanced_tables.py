"""The Iceberg tables of the enhanced zone, as their first contracts make them."""

from constructs import Construct

from stacks.data_lake import iceberg_table
from stacks.data_lake.datasets import first_datasets, table_of
from stacks.data_lake.iceberg_table import IcebergTable
from stacks.data_lake.zone import Zone
from stacks.shared.queries import pascal

PROPERTIES = {
    # Readers then need no delete files, and a merge meets another one's commit.
    "write.delete.mode": "copy-on-write",
    "write.update.mode": "copy-on-write",
    "write.merge.mode": "copy-on-write",
    "write.merge.isolation-level": "serializable",
    "write.distribution-mode": "hash",
    **iceberg_table.PROPERTIES,
}


class EnhancedTables(Construct):
    """A table for every data set, parted by the day of a record."""

    def __init__(self, scope: Construct, construct_id: str, *, database: str, zone: Zone) -> None:
        super().__init__(scope, construct_id)
        self.tables = [
            IcebergTable(
                self,
                pascal(dataset.name),
                database=database,
                name=table_of(dataset),
                zone=zone,
                folder=dataset.name,
                columns=dataset.hive_columns,
                partition=f"{dataset.partition}_day",
                column=dataset.partition,
                transform="day",
                properties=PROPERTIES,
            )
            for dataset in first_datasets()
        ]
