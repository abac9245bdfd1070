"""The streamed way in: records of all data sets, by way of the raw zone, or modeled by Spark."""

from aws_cdk import Duration
from constructs import Construct

from stacks.data_lake.datasets import datasets
from stacks.data_lake.messages import DeviceMessages
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.data_lake.spark_stream import SparkStream
from stacks.shared.data_stream import DataStream
from stacks.shared.delivery_stream import Buffering, DeliveryStream, Keys
from stacks.shared.function import PythonFunction
from stacks.shared.powertools import PowertoolsLayer

FOLDER = "stream"  # of each data set
REFUSED = "refused/"  # where the function that models files looks for what was not delivered
CHECK_SECONDS, CHECK_MIB = 60, 512
DAY_HOURS = 24


class LakeStream(Construct):
    """Takes records, of producers or devices, and has one reader.

    That is a delivery stream that parts them by data set, with the function that tells it how, or
    a Spark job that models them at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        resources: Resources,
        powertools: PowertoolsLayer,
    ) -> None:
        super().__init__(scope, construct_id)
        key = resources.baseline.key
        self.delivery: DeliveryStream | None = None
        self.spark: SparkStream | None = None
        # For which a record waits before it is delivered, if nothing fails.
        self.seconds = settings.stream_batch_seconds + settings.stream_buffer_seconds
        self.late_minutes = settings.stream_late_minutes
        by_put, by_spark = settings.stream_source == "direct", settings.stream_reader == "emr"
        kept_hours = settings.stream_kept_hours if by_spark else DAY_HOURS
        self.source = None if by_put else DataStream(self, "Source", key=key, kept_hours=kept_hours)
        self.messages = (
            DeviceMessages(self, "Messages", key=key, stream=self.source)
            if self.source and settings.stream_source == "iot"
            else None
        )
        if by_spark and self.source:
            self.spark = SparkStream(
                self,
                "Spark",
                settings,
                source=self.source,
                resources=resources,
                powertools=powertools,
            )
            self.functions: list[PythonFunction] = [self.spark.stop]
            return
        check = PythonFunction(
            self,
            "CheckRecords",
            entry="data_lake.check_records",
            key=key,
            powertools=powertools,
            environment={},
            timeout=Duration.seconds(CHECK_SECONDS),
            memory_mib=CHECK_MIB,
            log_days=settings.log_days,
        )
        self.functions = [check]
        hour = "!{timestamp:yyyy/MM/dd/HH}/"
        self.delivery = DeliveryStream(
            self,
            "Delivery",
            key=key,
            bucket=resources.raw,
            keys=Keys(
                prefix=f"!{{partitionKeyFromLambda:dataset}}/{FOLDER}/{hour}",
                error_prefix=f"{REFUSED}!{{firehose:error-output-type}}/{hour}",
                ending=".jsonl.gz",
                folders=[*(f"{dataset.name}/{FOLDER}/" for dataset in datasets()), REFUSED],
            ),
            buffering=Buffering(
                batch_seconds=settings.stream_batch_seconds,
                mebibytes=settings.stream_buffer_mib,
                seconds=settings.stream_buffer_seconds,
                retry_seconds=settings.stream_retry_seconds,
            ),
            transform=check,
            source=self.source,
            log_days=settings.log_days,
        )

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to put records."""
        return {
            **({"DeliveryStreamName": self.delivery.name} if self.delivery else {}),
            **({"DataStreamName": self.source.stream_name} if self.source else {}),
            **(self.messages.outputs if self.messages else {}),
            **(self.spark.outputs if self.spark else {}),
        }
