"""A private bucket whose objects expire."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from guardrails import below, waive
from stacks.shared.lifecycle import expire, expire_sooner, removal_policy
from stacks.shared.permissions import allow
from stacks.shared.security_baseline import SecurityBaseline


class PrivateBucket(s3.Bucket):
    """A bucket under the customer's key: TLS only, never public, with access logs and expiry."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        baseline: SecurityBaseline,
        expires_after: Duration,
        sooner: Mapping[str, Duration] | None = None,
    ) -> None:
        """Expire what lies below a prefix of ``sooner``, such as ``work/``, after its own time."""
        self.key = baseline.key
        super().__init__(
            scope,
            construct_id,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=baseline.key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            server_access_logs_bucket=baseline.access_logs,
            # The path within the stack, so that no two buckets share a folder of logs.
            server_access_logs_prefix=f"{scope.node.path}/{construct_id}/".partition("/")[2],
            lifecycle_rules=[
                *expire(expires_after),
                *(expire_sooner(prefix, after) for prefix, after in (sooner or {}).items()),
            ],
            removal_policy=removal_policy(disposable=baseline.disposable),
            auto_delete_objects=baseline.disposable,
        )
        waive(
            self,
            "no_replication",
            because="A copy in another Region would outlive the expiry that personal data needs.",
        )

    @property
    def cfn(self) -> s3.CfnBucket:
        """The CloudFormation resource, for what the construct has no word for."""
        return cast(s3.CfnBucket, self.node.default_child)

    def announce_new_objects(self) -> None:
        """Send events about objects to EventBridge, with no custom resource in between."""
        self.cfn.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )

    def allow(self, role: iam.Role, *actions: str, prefix: str = "") -> None:
        """Grant object actions below one prefix, where ``grant_read`` grants three wildcards."""
        objects = f"{prefix}*"
        allow(role, *actions, on=[self.arn_for_objects(objects)])
        waive(
            role,
            "object_wildcard",
            because="Object keys are chosen at run time, so the grant stops at the prefix.",
            findings=[below(self, f"/{objects}")],
        )
        # What waits is deleted first: nobody may write any more when a bucket is emptied. It is the
        # role's policy that waits, as a bucket's own policy may name the role.
        if emptying := self.node.try_find_child("AutoDeleteObjectsCustomResource"):
            role.node.find_child("DefaultPolicy").node.add_dependency(emptying)

    def allow_telling_gone_from_denied(self, role: iam.Role) -> None:
        """Let a role list, without which S3 says 403 where an object does not exist."""
        allow(role, "s3:ListBucket", on=[self.bucket_arn])
