"""What protects all data of an architecture: its key, access logs, and when data is deleted."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from guardrails import waive
from stacks.shared.key import CustomerKey
from stacks.shared.lifecycle import expire

EMPTIES_BUCKETS = "Custom::S3AutoDeleteObjectsCustomResourceProvider"


class AccessLogBucket(s3.Bucket):
    """A bucket for the access logs of the other buckets; the logs expire."""

    def __init__(
        self, scope: Construct, construct_id: str, *, expires_after: Duration, disposable: bool
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            lifecycle_rules=expire(expires_after),
            removal_policy=RemovalPolicy.DESTROY if disposable else RemovalPolicy.RETAIN,
            auto_delete_objects=disposable,
        )
        waive(
            self,
            "not_customer_key",
            because="S3 can deliver access logs only to a bucket with keys that S3 manages.",
        )
        waive(
            self,
            "no_replication",
            because="Access logs serve to investigate and expire; losing a Region's is acceptable.",
        )
        if disposable:
            # One provider empties all buckets of a stack, and each has exactly one bucket of logs.
            waive(
                Stack.of(self).node.find_child(EMPTIES_BUCKETS),
                "custom_resource_provider",
                because="CDK's own function empties disposable buckets before they are deleted.",
            )


class SecurityBaseline:
    """The key of a stack, and the bucket with its access logs.

    ``disposable`` data is deleted with its stack; all other data is retained. The key and the
    bucket are the stack's own resources ``Key`` and ``AccessLogs``: there is one of each.
    """

    def __init__(self, stack: Stack, *, access_log_days: int, disposable: bool) -> None:
        self.disposable = disposable
        self.key = CustomerKey(stack, "Key", disposable=disposable)
        self.access_logs = AccessLogBucket(
            stack, "AccessLogs", expires_after=Duration.days(access_log_days), disposable=disposable
        )
