"""What protects all data of an architecture: its key, access logs, and when data is deleted."""

import copy
from typing import cast

from aws_cdk import CfnResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from guardrails import waive
from stacks.shared.key import CustomerKey
from stacks.shared.lifecycle import expire, removal_policy

EMPTIES_BUCKETS = "Custom::S3AutoDeleteObjectsCustomResourceProvider"
LOG_DAYS = 1  # of a function that runs once, when all goes


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
            removal_policy=removal_policy(disposable=disposable),
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
        if disposable:
            _log_in_the_stack(stack, self.key)

    def with_another_key(self, stack: Stack, construct_id: str) -> "SecurityBaseline":
        """Protect other data of the stack alike, by a key of its own."""
        other = copy.copy(self)
        other.key = CustomerKey(stack, construct_id, disposable=self.disposable)
        return other


def _log_in_the_stack(stack: Stack, key: CustomerKey) -> None:
    """Give the function that empties buckets a log group that goes with the stack.

    Lambda would make one, which nobody deletes.
    """
    provider = cast(Construct, stack.node.find_child(EMPTIES_BUCKETS))
    group = logs.CfnLogGroup(provider, "Logs", kms_key_id=key.key_arn, retention_in_days=LOG_DAYS)
    group.apply_removal_policy(RemovalPolicy.DESTROY)
    key.serve_logs()
    handler = cast(CfnResource, provider.node.find_child("Handler"))
    handler.add_property_override("LoggingConfig", {"LogGroup": group.ref})
