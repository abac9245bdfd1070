"""Buckets that keep what they hold to themselves, and not for longer than they were told."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from guardrails import below, waive

DAY = Duration.days(1)
EMPTIES_BUCKETS = "Custom::S3AutoDeleteObjectsCustomResourceProvider"


class AccessLogBucket(s3.Bucket):
    """Where other buckets write who touched them. The logs expire."""

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
            lifecycle_rules=_expire(expires_after),
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


class PrivateBucket(s3.Bucket):
    """A bucket under the customer's key, over TLS only, never public, logged, and expiring."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        access_logs: AccessLogBucket,
        expires_after: Duration,
        disposable: bool,
        sooner: Mapping[str, Duration] | None = None,
    ) -> None:
        """Expire what lies below a prefix of ``sooner`` after its own time."""
        super().__init__(
            scope,
            construct_id,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            server_access_logs_bucket=access_logs,
            # The path within the stack, so that no two buckets share a folder of logs.
            server_access_logs_prefix=f"{scope.node.path}/{construct_id}/".partition("/")[2],
            lifecycle_rules=[
                *_expire(expires_after),
                *(_expire_sooner(prefix, after) for prefix, after in (sooner or {}).items()),
            ],
            removal_policy=RemovalPolicy.DESTROY if disposable else RemovalPolicy.RETAIN,
            auto_delete_objects=disposable,
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
        role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=[self.arn_for_objects(objects)])
        )
        waive(
            role,
            "object_wildcard",
            because="Object keys are chosen at run time, so the grant stops at the prefix.",
            findings=[below(self, f"/{objects}")],
        )

    def allow_telling_gone_from_denied(self, role: iam.Role) -> None:
        """Let a role list, without which S3 says 403 where an object does not exist."""
        role.add_to_policy(
            iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self.bucket_arn])
        )


def _expire(after: Duration) -> list[s3.LifecycleRule]:
    """Delete objects, then their old versions and what marked them, and unfinished uploads."""
    return [
        s3.LifecycleRule(
            id="Expire",
            expiration=after,
            noncurrent_version_expiration=DAY,
            abort_incomplete_multipart_upload_after=DAY,
        ),
        # S3 takes this only in a rule of its own.
        s3.LifecycleRule(id="ForgetDeleted", expired_object_delete_marker=True),
    ]


def _expire_sooner(prefix: str, after: Duration) -> s3.LifecycleRule:
    """Delete what lies below a prefix; its old versions go with all others."""
    folder = prefix.strip("/")
    return s3.LifecycleRule(
        id=f"Expire{folder.capitalize()}", prefix=f"{folder}/", expiration=after
    )
