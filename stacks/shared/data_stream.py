"""A stream of Kinesis that grows by itself, under the customer's key."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from guardrails import waive
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow

_READING = ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards")


class DataStream(kinesis.Stream):
    """Records wait here for whoever reads them, then they are gone, as they are with the stack.

    Whoever puts records needs the key: ``kms:GenerateDataKey``, through Kinesis.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: CustomerKey,
        kept_hours: int = 24,
    ) -> None:
        self._key = key
        super().__init__(
            scope,
            construct_id,
            stream_mode=kinesis.StreamMode.ON_DEMAND,
            retention_period=Duration.hours(kept_hours),
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        waive(
            self,
            "stream_under_our_key",
            because="All that an architecture keeps is under its own key, and so is this.",
        )

    def allow_writing(self, role: iam.Role) -> None:
        """Let a role put records, one by one."""
        allow(role, "kinesis:PutRecord", on=[self.stream_arn])
        self._key.allow(role, "kms:GenerateDataKey", through=["kinesis"])

    def allow_firehose(self, role: iam.Role) -> None:
        """Let the role of a delivery stream read.

        https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
        """
        self._allow_reading(role, "kinesis:DescribeStream")

    def allow_spark(self, role: iam.Role) -> None:
        """Let the role of a job read by the connector that EMR brings.

        https://github.com/awslabs/spark-sql-kinesis-connector
        """
        self._allow_reading(role, "kinesis:DescribeStreamSummary")

    def _allow_reading(self, role: iam.Role, describing: str) -> None:
        allow(role, describing, *_READING, on=[self.stream_arn])
        self._key.allow(role, "kms:Decrypt", through=["kinesis"])
