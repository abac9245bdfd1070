"""The stream read by Spark: a job on EMR Serverless that never ends, and who sees to that."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.data_lake.datasets import datasets
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stages.streaming import keep_streaming
from stacks.shared.bucket import PrivateBucket
from stacks.shared.data_stream import DataStream
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.job_archive import JOBS
from stacks.shared.machine import Machine
from stacks.shared.powertools import NAMESPACE, PowertoolsLayer
from stacks.shared.resource_function import ResourceFunction
from stacks.shared.rule import EventRule
from stacks.shared.spark_application import Network, SparkApplication

# A checkpoint is old and needed; what is kept of a batch for its next try is not.
LAST_RESORT, TRIED = Duration.days(3653), Duration.days(14)
LOOKING = "rate(5 minutes)"  # events of EMR are delivered on a best-effort basis
ENDED = ("SUCCESS", "FAILED", "CANCELLED")
FILES = "stream-"  # how the keys of the job's own files begin, below any folder of theirs
UNKNOWN = "unknown"
# What the job prints of each batch, as the function that models files counts it.
COUNTED = {
    "RecordsModeled": "records_modeled",
    "RecordsRepeated": "records_repeated",
    "RecordsSetAside": "records_set_aside",
}


class SparkStream(Construct):
    """Takes records from the stream into the modeled zone, each batch once.

    A machine starts the job, again whenever it has ended, and a function ends it before the
    application goes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        source: DataStream,
        resources: Resources,
        powertools: PowertoolsLayer,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings, self._resources, self._source = settings, resources, source
        baseline, key = resources.baseline, resources.baseline.key

        # What there is.
        self._checkpoints = PrivateBucket(
            self,
            "Checkpoints",
            baseline=baseline,
            expires_after=LAST_RESORT,
            sooner={"journal/": TRIED},
        )
        self.spark = SparkApplication(
            self,
            "StreamRecords",
            key=key,
            network=Network(settings.stream_subnets, settings.stream_security_groups),
            architecture=settings.stream_architecture,
            executors=settings.stream_executors,
            log_days=settings.log_days,
        )
        arguments = {
            "stream": source.stream_name,
            "endpoint": f"https://kinesis.{Aws.REGION}.{Aws.URL_SUFFIX}",
            "region": Aws.REGION,
            "modeled": resources.modeled.bucket_name,
            "failures": resources.failures.bucket_name,
            "checkpoints": self._checkpoints.bucket_name,
            "service": resources.monitoring.dashboard_name,
            "kept_days": str(settings.result_days),
            "seconds": str(settings.stream_buffer_seconds),
        }
        places = self.spark.job(
            "data_lake.stream_records",
            JOBS / "data_lake" / "requirements.txt",
            {name.title().replace("_", ""): value for name, value in arguments.items()},
        )
        told = [
            word
            for name in arguments
            for word in (f"--{name}", f"${{{name.title().replace('_', '')}}}")
        ]
        self.keeper = Machine(
            self,
            "KeepStreaming",
            definition=keep_streaming(arguments=told, attempts=settings.stream_attempts),
            substitutions=places,
            key=key,
            log_days=settings.log_days,
            express=True,
        )
        self.undelivered = DeadLetters(self, "StreamUnkept", key=key)
        self.stop = ResourceFunction(
            self,
            "StopStreaming",
            entry="data_lake.stop_streaming",
            key=key,
            powertools=powertools,
            log_days=settings.log_days,
        )
        stopped = self.stop.resource(
            self,
            "Stopped",
            {"Application": places["Application"], "Job": places["SparkParameters"]},
            resource_type="Custom::StoppedStreaming",
        )

        for metric, counted in COUNTED.items():
            logs.CfnMetricFilter(
                self,
                metric,
                log_group_name=self.spark.log_group.log_group_name,
                filter_pattern=f"{{ $.{counted} = * }}",
                metric_transformations=[
                    logs.CfnMetricFilter.MetricTransformationProperty(
                        metric_namespace=NAMESPACE,
                        metric_name=metric,
                        metric_value=f"$.{counted}",
                        unit="Count",
                        dimensions=[
                            logs.CfnMetricFilter.DimensionProperty(key="service", value="$.service")
                        ],
                    )
                ],
            )

        # Who calls whom.
        rules = [
            EventRule(
                self,
                "JobEnded",
                description="A run of the streaming job has ended.",
                pattern={
                    "source": ["aws.emr-serverless"],
                    "detail-type": ["EMR Serverless Job Run State Change"],
                    "detail": {"applicationId": [places["Application"]], "state": list(ENDED)},
                },
            ),
            EventRule(
                self,
                "LookForJob",
                description="Time to look whether the streaming job runs.",
                when=LOOKING,
            ),
        ]
        for rule in rules:
            rule.start(self.keeper, failures=self.undelivered)

        # Who may do what.
        self._allow_job()
        self.spark.allow_running(self.keeper.role)
        self.spark.allow_stopping(self.stop.role)

        # In which order they go: who starts runs, who ends them, what they run on.
        for rule in rules:
            rule.node.add_dependency(stopped)
        stopped.node.add_dependency(self.keeper, self.spark, self._checkpoints)

    def _allow_job(self) -> None:
        role, resources = self.spark.role, self._resources
        checkpoints = self._checkpoints
        self._source.allow_spark(role)
        checkpoints.allow(role, "s3:GetObject", "s3:PutObject", "s3:DeleteObject")
        checkpoints.allow_telling_gone_from_denied(role)
        written = [checkpoints, resources.modeled, resources.failures]
        allow_keys(role, reads=[checkpoints], writes=written)
        names = [dataset.name for dataset in datasets()]
        for name in names:
            resources.modeled.take_from(role, prefix=f"{name}/day=*/{FILES}")
            resources.modeled.allow(role, "s3:DeleteObject", prefix=f"{name}/day=*/{FILES}")
        resources.modeled.take_from(role, prefix=f"loads/day=*/{FILES}")
        for name in (*names, UNKNOWN):
            aside = f"quarantine/dataset={name}/day=*/{FILES}"
            resources.failures.take_from(role, prefix=aside)
            resources.failures.allow(role, "s3:DeleteObject", prefix=aside)

    @property
    def outputs(self) -> dict[str, str]:
        """What an operator needs to look at the job."""
        return {
            "StreamApplicationId": self.spark.application.attr_application_id,
            "StreamJobRoleArn": self.spark.role.role_arn,
            "StreamLogGroupName": self.spark.log_group.log_group_name,
            "CheckpointsBucketName": self._checkpoints.bucket_name,
            "KeepStreamingMachineArn": self.keeper.arn,
            "StreamUnkeptQueueUrl": self.undelivered.queue_url,
        }
