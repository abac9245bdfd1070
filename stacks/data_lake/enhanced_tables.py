"""The Iceberg tables of the enhanced zone, as their first contracts make them."""

from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from constructs import Construct

from stacks.data_lake.datasets import Dataset, first_datasets, table_of
from stacks.data_lake.zone import Zone
from stacks.shared.queries import pascal

PROPERTIES = {
    # Readers then need no delete files, and a merge meets another one's commit.
    "write.delete.mode": "copy-on-write",
    "write.update.mode": "copy-on-write",
    "write.merge.mode": "copy-on-write",
    "write.merge.isolation-level": "serializable",
    "write.distribution-mode": "hash",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    # No bounds: a manifest outlives the rows that it tells of, and must not name whom they named.
    "write.metadata.metrics.default": "counts",
}
_TYPES = {
    "bigint": "long",
    "timestamp": "timestamptz",
}  # of Hive's, those that Iceberg has others of


class EnhancedTables(Construct):
    """A table for every data set, parted by the day of a record.

    What is made here never changes: the job gives a table the columns that its contract gets, and
    CloudFormation, which would take them away again, has nothing to update.
    """

    def __init__(self, scope: Construct, construct_id: str, *, database: str, zone: Zone) -> None:
        super().__init__(scope, construct_id)
        self.tables = [
            glue.CfnTable(
                self,
                pascal(dataset.name),
                catalog_id=Aws.ACCOUNT_ID,
                database_name=database,
                name=table_of(dataset),
                open_table_format_input=_iceberg(dataset, zone),
            )
            for dataset in first_datasets()
        ]


def _iceberg(dataset: Dataset, zone: Zone) -> glue.CfnTable.OpenTableFormatInputProperty:
    # https://docs.aws.amazon.com/glue/latest/webapi/API_CreateIcebergTableInput.html
    columns = dataset.hive_columns
    day = glue.CfnTable.IcebergPartitionFieldProperty(
        name=f"{dataset.partition}_day",
        source_id=1 + list(columns).index(dataset.partition),
        transform="day",
    )
    return glue.CfnTable.OpenTableFormatInputProperty(
        iceberg_input=glue.CfnTable.IcebergInputProperty(
            metadata_operation="CREATE",
            version="2",
            iceberg_table_input=glue.CfnTable.IcebergTableInputProperty(
                location=f"s3://{zone.bucket_name}/{dataset.name}",
                schema=glue.CfnTable.IcebergSchemaProperty(fields=_fields(columns), type="struct"),
                partition_spec=glue.CfnTable.IcebergPartitionSpecProperty(fields=[day]),
                properties=PROPERTIES,
            ),
        )
    )


def _fields(columns: Mapping[str, str]) -> list[glue.CfnTable.IcebergStructFieldProperty]:
    return [
        glue.CfnTable.IcebergStructFieldProperty(
            id=number, name=name, type=_TYPES.get(kind, kind), required=False
        )
        for number, (name, kind) in enumerate(columns.items(), 1)
    ]
