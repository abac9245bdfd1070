"""Code of a job in the bucket of assets, for the job's role to read and nothing beside it."""

from pathlib import Path

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from stacks.shared.permissions import allow


def published(scope: Construct, construct_id: str, path: Path, *, reader: iam.Role) -> assets.Asset:
    """Publish a file, or a folder as a zip."""
    asset = assets.Asset(scope, construct_id, path=str(path))
    allow(reader, "s3:GetObject", on=[asset.bucket.arn_for_objects(asset.s3_object_key)])
    return asset
