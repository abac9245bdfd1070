"""The enhanced zone: Iceberg tables that have each record once, and the job that merges them."""

import json

from aws_cdk import Duration, Stack
from constructs import Construct

from stacks.data_lake.datasets import Dataset, datasets, table_of
from stacks.data_lake.enhanced_tables import EnhancedTables
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.settings import DataLake
from stacks.data_lake.table_optimizers import TableOptimizers
from stacks.data_lake.zone import TableZone
from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow
from stacks.shared.security_baseline import SecurityBaseline
from stacks.shared.spark_job import CATALOG, SparkJob

# What a table refers to must not go by its age: the job drops days and snapshots, and deletes what
# they leave. This is the end of what nothing refers to.
LAST_RESORT_DAYS = 3653
RUNS_AT_ONCE = 2  # of two data sets; of one, a run that comes second looks again


class Merging(Construct):
    """A zone that one job alone writes to."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        key: CustomerKey,
        level: SecurityBaseline,
        database: str,
        modeled: PrivateBucket,
    ) -> None:
        super().__init__(scope, construct_id)
        found = datasets()
        name = Stack.of(self).stack_name.lower().replace("-", "_")
        self.zone = TableZone(self, "Zone", level=level, days=LAST_RESORT_DAYS)
        self.job = SparkJob(
            self,
            "MergeRecords",
            entry="data_lake.merge_records",
            key=key,
            description="Merges what is modeled into Iceberg tables that have each record once.",
            arguments={
                "--dataset": "all",
                "--days": "new",
                "--tables": json.dumps({d.name: _rules(d, name) for d in found}),
                "--modeled": f"s3://{modeled.bucket_name}/",
                "--kept_days": str(settings.result_days),
                "--snapshot_days": str(settings.snapshot_days),
            },
            workers=settings.merge_workers,
            flex=settings.merge_flex,
            timeout=Duration.minutes(settings.merge_minutes),
            runs_at_once=RUNS_AT_ONCE,
            log_days=settings.log_days,
        )
        role = self.job.role
        for dataset in found:  # Spark asks for the folder, too, as if it were an object
            modeled.allow(role, "s3:GetObject", prefix=dataset.name)
        allow(role, "s3:ListBucket", on=[modeled.bucket_arn])
        self.zone.take_from(role)
        self.zone.allow(role, "s3:GetObject", "s3:DeleteObject")
        allow_keys(role, reads=[modeled, self.zone], writes=[self.zone])
        above = [arn_here("glue", "catalog"), arn_here("glue", f"database/{name}")]
        tables = [arn_here("glue", f"table/{name}/{table_of(d)}") for d in found]
        allow(role, "glue:GetTable", "glue:UpdateTable", on=[*above, *tables])
        self.made = EnhancedTables(self, "Tables", database=database, zone=self.zone)
        self.optimizers = TableOptimizers(
            self,
            "Optimizers",
            self.made.tables,
            zone=self.zone,
            snapshot_days=settings.snapshot_days,
        )

    @property
    def tables(self) -> list[str]:
        """Name the Iceberg tables."""
        return [table_of(dataset) for dataset in datasets()]

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to merge, and to look at what came of it."""
        return {
            "EnhancedBucketName": self.zone.bucket_name,
            "MergeJobName": self.job.job.job_name,
        }


def _rules(dataset: Dataset, database: str) -> dict[str, object]:
    """Tell the job what the contract says."""
    return {
        "table": f"{CATALOG}.{database}.{table_of(dataset)}",
        "columns": dataset.hive_columns,
        "key": dataset.key,
        "partition": dataset.partition,
    }
