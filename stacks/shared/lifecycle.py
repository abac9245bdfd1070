"""When data is deleted: objects by lifecycle rules, what holds them with its stack or never."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3

DAY = Duration.days(1)


def removal_policy(*, disposable: bool) -> RemovalPolicy:
    """Delete disposable data with its stack, and keep all other, once its stack stands.

    A first deployment that fails leaves nothing: nobody had data in it.
    """
    return RemovalPolicy.DESTROY if disposable else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


def expire(after: Duration) -> list[s3.LifecycleRule]:
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


def expire_sooner(prefix: str, after: Duration) -> s3.LifecycleRule:
    """Delete what lies below a prefix such as ``work/``; its old versions go with all others."""
    return s3.LifecycleRule(
        id=f"Expire{prefix.rstrip('/').capitalize()}", prefix=prefix, expiration=after
    )
