"""A model's files, fetched as its role: an archive of them, or as they lie under a prefix."""

import tempfile
from pathlib import Path

from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.sagemaker.containers import objects
from sandbox.services.sagemaker.roles import PRINCIPAL, Role


class DataError(Exception):
    """A model's data cannot be had; the message is SageMaker's."""


def require(uri: str, role_arn: str, source: str) -> None:
    """Make sure that a role can read the data of a model, the source. Raises DataError."""
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        fetch(uri, role_arn, source, Path(folder))


def fetch(uri: str, role_arn: str, source: str, folder: Path) -> None:
    """Put a model's files into a folder, as the role. Raises DataError."""
    try:
        store = objects.Store(Role(role_arn, source))
        if uri.endswith("/"):
            store.fetch(uri, folder)
            return
        with tempfile.NamedTemporaryFile(suffix=".tar.gz") as archive:
            archive.write(store.get(uri))
            archive.flush()
            _unpack(uri, Path(archive.name), folder)
    except objects.TransferError as error:
        raise DataError(
            f'Could not access model data at {uri}. Please ensure that the role "{role_arn}" '
            'exists and that its trust relationship policy allows the action "sts:AssumeRole" for '
            f'the service principal "{PRINCIPAL}". Also ensure that the role has "s3:GetObject" '
            f"permissions and that the object is located in {responses.get_region()}. If your "
            "Model uses multiple models or uncompressed models, please ensure that the role has "
            f'"s3:ListBucket" permission. ({error})'
        ) from error
    except ServiceError as error:
        raise DataError(error.message) from error


def place(uri: str) -> tuple[str, str]:
    """Tell bucket and key of a model."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _unpack(uri: str, archive: Path, folder: Path) -> None:
    try:
        objects.unpack(archive, folder)
    except objects.TransferError as error:
        raise DataError(
            f"Failed to extract model data archive from URL {uri}. Please ensure that the object "
            f"located at the URL is a valid tar.gz archive. ({error})"
        ) from error
