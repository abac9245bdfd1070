"""The streamed way in: records of all data sets, as files in the raw zone like any other."""

from aws_cdk import Duration
from constructs import Construct

from stacks.data_lake.datasets import datasets
from stacks.data_lake.messages import DeviceMessages
from stacks.data_lake.settings import DataLake
from stacks.shared.bucket import PrivateBucket
from stacks.shared.data_stream import DataStream
from stacks.shared.delivery_stream import Buffering, DeliveryStream, Keys
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.powertools import PowertoolsLayer

FOLDER = "stream"  # of each data set
REFUSED = "refused/"  # where the function that models files looks for what was not delivered
CHECK_SECONDS, CHECK_MIB = 60, 512


class LakeStream(Construct):
    """A delivery stream that parts records by data set, and the function that tells it how."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: CustomerKey,
        powertools: PowertoolsLayer,
        raw: PrivateBucket,
        settings: DataLake,
    ) -> None:
        super().__init__(scope, construct_id)
        # For which a record waits before it is delivered, if nothing fails.
        self.seconds = settings.stream_batch_seconds + settings.stream_buffer_seconds
        self.check = PythonFunction(
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
        by_put = settings.stream_source == "direct"
        self.source = None if by_put else DataStream(self, "Source", key=key)
        self.messages = (
            DeviceMessages(self, "Messages", key=key, stream=self.source)
            if self.source and settings.stream_source == "iot"
            else None
        )
        hour = "!{timestamp:yyyy/MM/dd/HH}/"
        self.delivery = DeliveryStream(
            self,
            "Delivery",
            key=key,
            bucket=raw,
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
            transform=self.check,
            source=self.source,
            log_days=settings.log_days,
        )

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to put records."""
        source = {"DataStreamName": self.source.stream_name} if self.source else {}
        messages = self.messages.outputs if self.messages else {}
        return {"DeliveryStreamName": self.delivery.name, **source, **messages}
