"""Data lake: files land in the raw zone, their records in the modeled one or in quarantine."""

from aws_cdk import Duration
from constructs import Construct

from stacks.data_lake import DESCRIPTION
from stacks.data_lake.catalog import LakeCatalog
from stacks.data_lake.contracts import Inputs
from stacks.data_lake.curation import Curation
from stacks.data_lake.governance import Governance
from stacks.data_lake.large_files import LargeFiles
from stacks.data_lake.levels import Levels, allow_keys
from stacks.data_lake.model_files import ModelFiles
from stacks.data_lake.monitoring import monitor_records
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stream import LakeStream
from stacks.data_lake.stream_monitoring import monitor_stream
from stacks.data_lake.zone import Zone
from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.queue import WorkQueue


class DataLakeStack(ArchitectureStack):
    """Hold every record of every file to its contract, and lose none."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: DataLake,
        shared: Shared,
        inputs: Inputs,
    ) -> None:
        super().__init__(
            scope, construct_id, description=DESCRIPTION, retention=settings, shared=shared
        )
        baseline, key, monitoring = self.baseline, self.key, self.monitoring

        # What there is.
        levels, kept = Levels(self, settings.classification), Duration.days(settings.raw_days)
        raw = PrivateBucket(self, "Raw", baseline=baseline, expires_after=kept)
        modeled = Zone(self, "Modeled", level=levels["modeled"], days=settings.result_days)
        failures = Zone(self, "Failures", level=levels["failures"], days=settings.quarantine_days)
        arrivals = WorkQueue(
            self,
            "Arrivals",
            key=key,
            function_seconds=settings.timeout_seconds,
            deliveries=settings.deliveries,
        )
        powertools = PowertoolsLayer(self, "Powertools")
        model = ModelFiles(
            self,
            "ModelFiles",
            settings,
            key=key,
            powertools=powertools,
            modeled=modeled,
            failures=failures,
        )
        catalog = LakeCatalog(
            self, "Catalog", settings, levels=levels, modeled=modeled, failures=failures
        )
        resources = Resources(baseline, levels, monitoring, catalog, raw, modeled, failures)
        stream = LakeStream(self, "Stream", settings, resources=resources, powertools=powertools)
        if settings.large_files:
            self.add_outputs(LargeFiles(self, "LargeFiles", settings, resources, model).outputs)
        curation = None
        if settings.enhanced:
            curation = Curation(self, "Curation", settings, resources=resources, inputs=inputs)
            self.add_outputs(curation.outputs)
        governance = Governance(
            self,
            "Governance",
            settings,
            resources=resources,
            powertools=powertools,
            engine=model.engine,
            curation=curation,
        )

        # Who calls whom.
        arrivals.receive_new_objects(raw)
        arrivals.feed(
            model, batch_size=settings.batch_size, concurrency=settings.concurrent_functions
        )

        # Who may do what.
        raw.allow(model.role, "s3:GetObjectVersion")
        raw.allow_telling_gone_from_denied(model.role)
        modeled.take_from(model.role)
        for done in ("loads/", "objects/"):
            modeled.allow(model.role, "s3:GetObject", prefix=done)
        modeled.allow_telling_gone_from_denied(model.role)
        failures.take_from(model.role, prefix="quarantine/")
        key.allow(model.role, "kms:Decrypt", through=["sqs"])
        allow_keys(model.role, reads=[raw, modeled], writes=[modeled, failures])

        # What is monitored, and what a person needs to use it.
        monitoring.monitor_queue(arrivals)
        monitoring.monitor_functions([model], awaited=stream.functions)
        monitor_records(monitoring, set_aside_percent=settings.set_aside_percent)
        monitor_stream(monitoring, stream)
        self.add_outputs(
            {
                **resources.outputs,
                **model.outputs,
                **stream.outputs,
                **arrivals.outputs,
                **catalog.outputs,
                **governance.outputs,
            }
        )
