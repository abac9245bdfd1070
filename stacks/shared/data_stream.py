"""A stream of Kinesis that grows by itself, under the customer's key."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from guardrails import waive
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow

KEPT = Duration.hours(24)
# As Firehose's guide grants them:
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
_READING = (
    *("kinesis:DescribeStream", "kinesis:GetRecords"),
    *("kinesis:GetShardIterator", "kinesis:ListShards"),
)


class DataStream(kinesis.Stream):
    """Records wait here for a day, for whoever reads them; then they are gone, as with the stack.

    Whoever puts records needs the key: ``kms:GenerateDataKey``, through Kinesis.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: CustomerKey) -> None:
        self._key = key
        super().__init__(
            scope,
            construct_id,
            stream_mode=kinesis.StreamMode.ON_DEMAND,
            retention_period=KEPT,
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        waive(
            self,
            "stream_under_our_key",
            because="All that an architecture keeps is under its own key, and this is kept a day.",
        )

    def allow_writing(self, role: iam.Role) -> None:
        """Let a role put records, one by one."""
        allow(role, "kinesis:PutRecord", on=[self.stream_arn])
        self._key.allow(role, "kms:GenerateDataKey", through=["kinesis"])

    def allow_reading(self, role: iam.Role) -> None:
        """Let a role read."""
        allow(role, *_READING, on=[self.stream_arn])
        self._key.allow(role, "kms:Decrypt", through=["kinesis"])
