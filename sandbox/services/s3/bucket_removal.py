"""CloudFormation deletes a bucket through S3, which refuses one that is not empty."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners
from sandbox.services.s3.upstream import s3


def install() -> None:
    """Take the place of the emulator's handler, which drops a bucket with all that it holds."""
    patching.wrap_item(
        provisioners,
        "_RESOURCE_HANDLERS",
        ("AWS::S3::Bucket", "delete"),
        _through_s3,
        because="a bucket that is not empty is not deleted, and fails the deletion of its stack",
    )


def _through_s3(_original: Callable[..., Any]) -> Callable[..., Any]:
    def delete(name: str, _properties: Any) -> None:
        status, _, _ = s3._delete_bucket(name)
        if status == 409:
            raise ValueError(
                "The bucket you tried to delete is not empty. You must delete all versions in the "
                "bucket. (Service: S3, Status Code: 409)"
            )

    return delete
