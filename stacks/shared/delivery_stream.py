"""A delivery stream of Firehose: records that are put or read, transformed, parted, kept in S3."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from guardrails import waive
from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.data_stream import DataStream
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, waive_inline

_Stream = firehose.CfnDeliveryStream
LOG_STREAM = "delivery"
# As Firehose's guide grants them:
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
_ON_BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_ON_OBJECTS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
# A batch for the function, which may answer with 6 MB at most, in base64.
_BATCH_MB, _BATCH_RETRIES = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffering:
    """When the function is called, when an object is written, and for how long that is tried."""

    batch_seconds: int
    mebibytes: int
    seconds: int
    retry_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Where objects are written: expressions of Firehose, and the folders that they lead to."""

    prefix: str
    error_prefix: str
    ending: str
    folders: Sequence[str]


class DeliveryStream(Construct):
    """A stream under the customer's key, whose function names each record's partition.

    Its role may write below the named folders of the bucket, call the function, use the key and
    write its own log, and nothing else. Objects are compressed by gzip.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: CustomerKey,
        bucket: PrivateBucket,
        keys: Keys,
        buffering: Buffering,
        transform: PythonFunction,
        log_days: int,
        source: DataStream | None = None,
    ) -> None:
        """Take records by ``PutRecord``, or read them from ``source`` and nowhere else."""
        super().__init__(scope, construct_id)
        self.log_group = logs.LogGroup(
            self, "Logs", encryption_key=key, removal_policy=RemovalPolicy.DESTROY
        )
        cast(logs.CfnLogGroup, self.log_group.node.default_child).retention_in_days = log_days
        key.serve_logs()
        logged = logs.CfnLogStream(
            self,
            "LogStream",
            log_group_name=self.log_group.log_group_name,
            log_stream_name=LOG_STREAM,
        )
        # The external id is what Firehose gives: the account that it works for.
        own = {"StringEquals": {"sts:ExternalId": Aws.ACCOUNT_ID}}
        firehose_itself = iam.ServicePrincipal("firehose.amazonaws.com", conditions=own)
        self.role = iam.Role(self, "Role", assumed_by=firehose_itself)
        # With its version, or which of the two names is judged would be Firehose's choice.
        function_arn = f"{transform.function.function_arn}:$LATEST"
        log = f"log-group:{self.log_group.log_group_name}:log-stream:{LOG_STREAM}"
        allow(self.role, *_ON_BUCKET, on=[bucket.bucket_arn])
        waive_inline(self.role)
        for folder in keys.folders:
            bucket.allow(self.role, *_ON_OBJECTS, prefix=folder)
        key.allow(self.role, "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
        allow(self.role, "lambda:InvokeFunction", on=[function_arn])
        allow(self.role, "logs:PutLogEvents", on=[arn_here("logs", log)])
        waive(
            transform.function,
            "no_dead_letter_target",
            because="Only Firehose invokes it, and keeps what it fails on below the error prefix.",
        )
        parameters = {
            "LambdaArn": function_arn,
            "BufferSizeInMBs": str(_BATCH_MB),
            "BufferIntervalInSeconds": str(buffering.batch_seconds),
            "NumberOfRetries": str(_BATCH_RETRIES),
        }
        if source is not None:
            source.allow_firehose(self.role)
        self.stream = _Stream(
            self,
            "Resource",
            **self._way_in(key, source),
            extended_s3_destination_configuration=_Stream.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=bucket.bucket_arn,
                role_arn=self.role.role_arn,
                prefix=keys.prefix,
                error_output_prefix=keys.error_prefix,
                file_extension=keys.ending,
                compression_format="GZIP",
                buffering_hints=_Stream.BufferingHintsProperty(
                    size_in_m_bs=buffering.mebibytes, interval_in_seconds=buffering.seconds
                ),
                encryption_configuration=_Stream.EncryptionConfigurationProperty(
                    kms_encryption_config=_Stream.KMSEncryptionConfigProperty(
                        awskms_key_arn=key.key_arn
                    )
                ),
                cloud_watch_logging_options=_Stream.CloudWatchLoggingOptionsProperty(
                    enabled=True,
                    log_group_name=self.log_group.log_group_name,
                    log_stream_name=logged.ref,
                ),
                dynamic_partitioning_configuration=_Stream.DynamicPartitioningConfigurationProperty(
                    enabled=True,
                    retry_options=_Stream.RetryOptionsProperty(
                        duration_in_seconds=buffering.retry_seconds
                    ),
                ),
                processing_configuration=_Stream.ProcessingConfigurationProperty(
                    enabled=True,
                    processors=[
                        _Stream.ProcessorProperty(
                            type="Lambda",
                            parameters=[
                                _Stream.ProcessorParameterProperty(
                                    parameter_name=name, parameter_value=value
                                )
                                for name, value in parameters.items()
                            ],
                        )
                    ],
                ),
            ),
        )
        self.stream.node.add_dependency(self.role)
        if source is not None:
            waive(
                self.stream,
                "encrypted_as_its_source",
                because="Firehose refuses a key beside its source's, which is our own key.",
            )

    def _way_in(self, key: CustomerKey, source: DataStream | None) -> dict[str, Any]:
        if source is None:
            return {
                "delivery_stream_type": "DirectPut",
                "delivery_stream_encryption_configuration_input": (
                    _Stream.DeliveryStreamEncryptionConfigurationInputProperty(
                        key_type="CUSTOMER_MANAGED_CMK", key_arn=key.key_arn
                    )
                ),
            }
        return {  # encrypted as its source is
            "delivery_stream_type": "KinesisStreamAsSource",
            "kinesis_stream_source_configuration": (
                _Stream.KinesisStreamSourceConfigurationProperty(
                    kinesis_stream_arn=source.stream_arn, role_arn=self.role.role_arn
                )
            ),
        }

    @property
    def name(self) -> str:
        """Name the stream, as producers and metrics do."""
        return self.stream.ref
