"""A table of Iceberg, made by the template and filled by a job."""

from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from constructs import Construct

from stacks.data_lake.zone import Zone

# Properties of every table.
PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    # No bounds: a manifest outlives the rows that it tells of, and must not name whom they named.
    "write.metadata.metrics.default": "counts",
}
_TYPES = {
    "bigint": "long",
    "timestamp": "timestamptz",
}  # of Hive's, those that Iceberg has others of


class IcebergTable(glue.CfnTable):
    """A table of format 2, in a folder of a zone, parted by a ``transform`` of one column.

    What is made here never changes: a job gives a table the columns that it gets later, and
    CloudFormation, which would take them away again, has nothing to update. ``columns`` have Hive's
    types.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        database: str,
        name: str,
        zone: Zone,
        folder: str,
        columns: Mapping[str, str],
        partition: str,
        column: str,
        transform: str,
        properties: Mapping[str, str],
    ) -> None:
        # https://docs.aws.amazon.com/glue/latest/webapi/API_CreateIcebergTableInput.html
        part = glue.CfnTable.IcebergPartitionFieldProperty(
            name=partition, source_id=1 + list(columns).index(column), transform=transform
        )
        fields = [
            glue.CfnTable.IcebergStructFieldProperty(
                id=number, name=each, type=_TYPES.get(kind, kind), required=False
            )
            for number, (each, kind) in enumerate(columns.items(), 1)
        ]
        made = glue.CfnTable.IcebergInputProperty(
            metadata_operation="CREATE",
            version="2",
            iceberg_table_input=glue.CfnTable.IcebergTableInputProperty(
                location=f"s3://{zone.bucket_name}/{folder}",
                schema=glue.CfnTable.IcebergSchemaProperty(fields=fields, type="struct"),
                partition_spec=glue.CfnTable.IcebergPartitionSpecProperty(fields=[part]),
                properties=properties,
            ),
        )
        super().__init__(
            scope,
            construct_id,
            catalog_id=Aws.ACCOUNT_ID,
            database_name=database,
            name=name,
            open_table_format_input=glue.CfnTable.OpenTableFormatInputProperty(iceberg_input=made),
        )
