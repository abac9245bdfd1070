"""Objects of S3 as files of a container, and back, with the rights of the job's role."""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from sandbox.services.sagemaker.roles import Role


class TransferError(Exception):
    """What SageMaker says of data that it could not read or write."""


def split(uri: str) -> tuple[str, str]:
    """Take an S3 URI apart: its bucket and its key."""
    if not uri.startswith(("s3://", "https://")):
        raise TransferError(f"{uri} is not an S3 URI")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


class Store:
    """S3 as a role sees it; what it writes is encrypted with ``key`` if there is one."""

    def __init__(self, role: Role, key: str | None = None) -> None:
        self._s3: Any = role.client("s3")
        self._encryption = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else dict[str, str]()
        )

    def fetch(self, uri: str, folder: Path, kind: str = "S3Prefix") -> int:
        """Write the objects below a prefix, or of a manifest, into a folder; gives their number.

        Raises TransferError for what cannot be read, and where there is nothing.
        """
        bucket, prefix = split(uri)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            names = self._manifest(uri) if kind == "ManifestFile" else self._below(bucket, prefix)
            number = 0
            for place, key, name in names:
                self._read(place, key, _inside(folder, name))
                number += 1
        except ClientError as error:
            raise TransferError(f"Failed to download data. {_said(error)} ({uri})") from error
        if not number:
            raise TransferError(
                f'NoSuchKey (404): S3 key matching prefix "{prefix}" in bucket "{bucket}" '
                f"does not exist"
            )
        return number

    def restore(self, uri: str, folder: Path) -> None:
        """Write what lies below a prefix into a folder, if there is anything."""
        bucket, prefix = split(uri)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for place, key, name in self._below(bucket, _folder(prefix)):
                self._read(place, key, _inside(folder, name))
        except ClientError as error:
            raise TransferError(f"Failed to download checkpoints. {_said(error)}") from error

    def send(self, folder: Path, uri: str, sent: dict[str, str] | None = None) -> None:
        """Write the files of a folder below a prefix; those that ``sent`` knows stay as they are.

        ``sent`` maps a file's name to the digest of what was written, and is brought up to date.
        """
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            try:
                body = path.read_bytes()
            except FileNotFoundError:
                continue  # whoever writes here has moved it
            digest = hashlib.sha256(body).hexdigest()
            if sent is not None and sent.get(name) == digest:
                continue
            self.put(f"{uri.rstrip('/')}/{name}", body)
            if sent is not None:
                sent[name] = digest

    def put(self, uri: str, body: bytes) -> None:
        """Write an object."""
        bucket, key = split(uri)
        try:
            self._s3.put_object(Bucket=bucket, Key=key, Body=body, **self._encryption)
        except ClientError as error:
            raise TransferError(f"Failed to upload data. {_said(error)} ({uri})") from error

    def get(self, uri: str) -> bytes:
        """Read an object."""
        bucket, key = split(uri)
        try:
            body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            raise TransferError(f"Failed to download data. {_said(error)} ({uri})") from error
        return body

    def _below(self, bucket: str, prefix: str) -> Iterator[tuple[str, str, str]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        cut = len(prefix) if prefix.endswith("/") or not prefix else prefix.rfind("/") + 1
        for found in (entry for page in pages for entry in page.get("Contents", [])):
            key = found["Key"]
            if key.endswith("/"):
                continue
            # Below a folder's name its own name is left out; one object keeps it.
            name = key[len(prefix) + 1 :] if key.startswith(f"{prefix}/") else key[cut:]
            yield bucket, key, name

    def _manifest(self, uri: str) -> Iterator[tuple[str, str, str]]:
        try:
            first, *rest = json.loads(self.get(uri))
            prefix = first["prefix"]
        except (ValueError, TypeError, KeyError) as error:
            raise TransferError(f"Failed to read the manifest {uri}: {error}") from error
        for name in rest:
            bucket, key = split(f"{prefix}{name}")
            yield bucket, key, name

    def _read(self, bucket: str, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        body = self._s3.get_object(Bucket=bucket, Key=key)["Body"]
        with path.open("wb") as file:
            for part in body.iter_chunks(1 << 20):
                file.write(part)


def archive(folder: Path, path: Path) -> Path:
    """Write a folder's files into a ``tar.gz``."""
    with tarfile.open(path, "w:gz") as made:
        for found in sorted(folder.iterdir()):
            made.add(found, arcname=found.name)
    return path


def unpack(path: Path, folder: Path) -> None:
    """Write what a ``tar.gz`` holds into a folder, and nothing beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(path) as found:
            found.extractall(folder, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise TransferError(f"{path.name} cannot be unpacked: {error}") from error


def _folder(prefix: str) -> str:
    return f"{prefix.rstrip('/')}/" if prefix else ""


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise TransferError(f"the key of an object leaves its folder: {name}")
    return path


def _said(error: ClientError) -> str:
    told: Mapping[str, Any] = error.response.get("Error", {})
    return f"{told.get('Code')}: {told.get('Message')}"
