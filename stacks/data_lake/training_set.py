"""The transformed zone: the training set, a snapshot a content, and the job that builds it."""

import hashlib
import json

from aws_cdk import Duration, Stack
from constructs import Construct

from stacks.contracts import CsvRows
from stacks.data_lake.contracts import offers
from stacks.data_lake.datasets import TRAINING_SET, datasets, table_of
from stacks.data_lake.iceberg_table import IcebergTable
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.merging import LAST_RESORT_DAYS
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.data_lake.table_optimizers import TableOptimizers
from stacks.data_lake.training_table import FIRST_COLUMNS, PROPERTIES
from stacks.data_lake.zone import TableZone
from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.hand_offs import allow_folder, publish
from stacks.shared.job_archive import archived
from stacks.shared.permissions import allow
from stacks.shared.spark_job import CATALOG, SparkJob

ENTRY = "data_lake.build_features"
LOADS = "loads"  # the folder with what is known of every raw file
SOURCES = {"--visits": "retail_visits", "--purchases": "retail_purchases"}
# What no snapshot needs is of a run that was killed once it is older than any run can be.
DAY_IN_MINUTES = 1440


class TrainingSet(Construct):
    """A zone that one job alone writes to, of what the enhanced one has."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        resources: Resources,
        enhanced: PrivateBucket,
        faces: CsvRows | None,
    ) -> None:
        super().__init__(scope, construct_id)
        modeled = resources.modeled
        database = Stack.of(self).stack_name.lower().replace("-", "_")
        found = {dataset.name: dataset for dataset in datasets()}
        tables = {name: table_of(found[source]) for name, source in SOURCES.items()}
        self.table = f"{database}.{TRAINING_SET}"
        level = resources.levels["transformed"]
        self.zone = TableZone(self, "Zone", level=level, days=LAST_RESORT_DAYS)
        offered = offers(stack_name=Stack.of(self).stack_name).manifests
        publish(self, "Manifests", offered.bucket, self.zone.bucket_name)
        self.job = SparkJob(
            self,
            "BuildFeatures",
            entry=ENTRY,
            key=resources.baseline.key,
            description="Builds the training set: features as they were known, labels, splits.",
            arguments={
                "--run": "by-hand",
                **{name: f"{CATALOG}.{database}.{table}" for name, table in tables.items()},
                "--training_set": f"{CATALOG}.{database}.{TRAINING_SET}",
                "--faces": _told(faces) if faces else "none",
                "--loads": f"s3://{modeled.bucket_name}/{LOADS}/",
                "--transformed": f"s3://{self.zone.bucket_name}/",
                "--window_days": str(settings.features_window_days),
                "--label_minutes": str(settings.label_minutes),
                "--validation_percent": str(settings.validation_percent),
                "--test_percent": str(settings.test_percent),
                "--kept_days": str(settings.training_set_days),
                "--snapshot_days": str(settings.snapshot_days),
                "--sweep_minutes": str(max(DAY_IN_MINUTES, settings.features_minutes)),
                "--code_version": _code_version(),
            },
            workers=settings.features_workers,
            flex=settings.features_flex,
            timeout=Duration.minutes(settings.features_minutes),
            runs_at_once=1,  # a second one would only find out that it came second
            log_days=settings.log_days,
        )
        role = self.job.role
        # Spark asks for the folder, too, as if it were an object.
        modeled.allow(role, "s3:GetObject", prefix=LOADS)
        for source in SOURCES.values():
            enhanced.allow(role, "s3:GetObject", prefix=f"{source}/")
        allow(role, "s3:ListBucket", on=[modeled.bucket_arn, self.zone.bucket_arn])
        if faces:
            allow_folder(role, faces)
        self.zone.take_from(role)
        self.zone.allow(role, "s3:GetObject", "s3:DeleteObject")
        allow_keys(role, reads=[modeled, enhanced, self.zone], writes=[self.zone])
        above = [arn_here("glue", "catalog"), arn_here("glue", f"database/{database}")]
        read, written = (
            [arn_here("glue", f"table/{database}/{table}") for table in found]
            for found in (tables.values(), [TRAINING_SET])
        )
        allow(role, "glue:GetTable", on=[*above, *read, *written])
        allow(role, "glue:UpdateTable", on=[*above, *written])
        self.made = IcebergTable(
            self,
            "Table",
            database=resources.catalog.database.ref,
            name=TRAINING_SET,
            zone=self.zone,
            folder=TRAINING_SET,
            columns=FIRST_COLUMNS,
            partition="split",
            column="split",
            transform="identity",
            properties=PROPERTIES,
        )
        self.optimizers = TableOptimizers(
            self,
            "Optimizers",
            [self.made],
            zone=self.zone,
            # The job forgets them, which knows what manifests name: Glue's guide does not say that
            # what is tagged stays.
            snapshot_days=None,
        )

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to build the training set, and to look at what came of it."""
        return {
            "TransformedBucketName": self.zone.bucket_name,
            "FeaturesJobName": self.job.job.job_name,
        }


def _told(faces: CsvRows) -> str:
    """Tell the job where it finds out where faces are, and what it reads there."""
    place = {"parameter": faces.bucket.parameter, "prefix": faces.prefix}
    return json.dumps({**place, "columns": faces.columns})


def _code_version() -> str:
    """Name the code that ships."""
    return hashlib.sha256(archived(ENTRY.partition(".")[0]).read_bytes()).hexdigest()
