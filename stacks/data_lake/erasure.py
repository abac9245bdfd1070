"""What takes a person out of the lake, for an operator: a function and, for tables, a job."""

import json

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from guardrails import below, waive
from stacks.data_lake.curation import Curation
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.shared.arns import arn_here
from stacks.shared.function import PythonFunction
from stacks.shared.permissions import allow
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.spark_job import CATALOG, SparkJob

NAMES = "erasure/"  # in the bucket of failures: whom an erasure that is under way is about
MINUTES = Duration.minutes(15)  # Lambda's most; what does not fit is asked for again


class Erasure(Construct):
    """A function and a job that nothing in the stack calls, and that no schedule starts."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        resources: Resources,
        powertools: PowertoolsLayer,
        engine: lambda_.ILayerVersion,
        curation: Curation | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.job: SparkJob | None = None
        baseline, results = resources.baseline, resources.catalog.results
        raw, modeled, failures = resources.raw, resources.modeled, resources.failures
        erase = PythonFunction(
            self,
            "ErasePerson",
            entry="data_lake.erase_person",
            key=baseline.key,
            powertools=powertools,
            layers=[engine],
            environment={
                "RAW_BUCKET": raw.bucket_name,
                "MODELED_BUCKET": modeled.bucket_name,
                "FAILURES_BUCKET": failures.bucket_name,
                "RESULTS_BUCKET": results.bucket_name,
            },
            timeout=MINUTES,
            memory_mib=settings.memory_mib,
            disk_mib=settings.disk_mib,
            log_days=settings.log_days,
        )
        waive(
            erase.function,
            "no_dead_letter_target",
            because="Only an operator's command invokes it, waits for its answer, and asks again.",
        )
        self.outputs = {"EraseFunctionName": erase.function.function_name}
        role = erase.role
        zones = [raw, modeled, failures, results, *(curation.zones.values() if curation else ())]
        for bucket in zones:
            bucket.allow(role, "s3:GetObjectVersion", "s3:DeleteObjectVersion")
            bucket.allow_telling_gone_from_denied(role)
        for zone in (modeled, failures):
            zone.take_from(role)
            zone.allow(role, "s3:DeleteObject")
        for done in ("loads/", "objects/"):
            modeled.allow(role, "s3:GetObject", prefix=done)
        failures.allow(role, "s3:GetObject", prefix=NAMES)
        logs = baseline.access_logs
        allow(role, "s3:GetObjectVersion", on=[logs.arn_for_objects("*")])
        allow(role, "s3:ListBucket", on=[logs.bucket_arn])
        waive(
            role,
            "object_wildcard",
            because="Every log is looked into, whether a key that it tells of names somebody.",
            findings=[below(logs, "/*")],
        )
        allow_keys(role, reads=zones, writes=[modeled, failures])
        if curation:
            self.job = self._job(settings, resources, curation)
            self.outputs["EraseJobName"] = self.job.job.job_name

    def _job(self, settings: DataLake, resources: Resources, curation: Curation) -> SparkJob:
        baseline, failures = resources.baseline, resources.failures
        database = Stack.of(self).stack_name.lower().replace("-", "_")
        job = SparkJob(
            self,
            "EraseRecords",
            entry="data_lake.erase_records",
            key=baseline.key,
            description="Takes a person's records out of the Iceberg tables and their snapshots.",
            arguments={
                "--tables": json.dumps([f"{CATALOG}.{database}.{t}" for t in curation.tables])
            },
            workers=settings.merge_workers,
            flex=False,
            timeout=Duration.minutes(settings.merge_minutes),
            runs_at_once=1,
            log_days=settings.log_days,
        )
        failures.allow(job.role, "s3:GetObject", prefix=NAMES)
        allow(job.role, "s3:ListBucket", on=[failures.bucket_arn])  # as Spark does of a file, too
        for zone in curation.zones.values():
            zone.take_from(job.role)
            zone.allow(job.role, "s3:GetObject", "s3:DeleteObject")
        zones = [*curation.zones.values()]
        allow_keys(job.role, reads=[failures, *zones], writes=zones)
        above = [arn_here("glue", "catalog"), arn_here("glue", f"database/{database}")]
        named = [arn_here("glue", f"table/{database}/{table}") for table in curation.tables]
        allow(job.role, "glue:GetTable", "glue:UpdateTable", on=[*above, *named])
        return job
