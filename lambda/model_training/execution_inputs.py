"""What an execution is told, and the lists of files that its jobs are given. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STARTS = "starts/"


class UnusableManifestError(ValueError):
    """A manifest of the lake that nothing can be trained on; its text says why."""


@dataclass(frozen=True, slots=True)
class Objects:
    """A bucket and keys in it."""

    bucket: str
    keys: tuple[str, ...]

    def listed(self) -> bytes:
        """Write the list as SageMaker reads it.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
        """
        return json.dumps([{"prefix": f"s3://{self.bucket}/"}, *self.keys]).encode()


@dataclass(frozen=True, slots=True)
class Champion:
    """The package that was approved last, and where its model lies; both None before the first."""

    package: str | None
    model: str | None

    def document(self) -> bytes:
        """Write what the job that judges is told of it."""
        return json.dumps({"package": self.package}).encode()


def split_uri(uri: str) -> tuple[str, str]:
    """Take ``s3://bucket/key`` apart."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def training_files(manifest: Mapping[str, Any], uri: str) -> Objects:
    """List the manifest and the files of its snapshot, all in the manifest's own bucket.

    Raises UnusableManifestError for a manifest that lists none, or files elsewhere.
    """
    bucket, key = split_uri(uri)
    files = [str(file["path"]) for file in manifest.get("files") or ()]
    if not files:
        raise UnusableManifestError(
            "the manifest names no files: run the features of the lake again, which names them"
        )
    elsewhere = [path for path in files if split_uri(path)[0] != bucket]
    if elsewhere:
        raise UnusableManifestError(f"the manifest names {len(elsewhere)} files of another bucket")
    return Objects(bucket, (key, *(split_uri(path)[1] for path in files)))


def folder_of(content_hash: str, attempt: int) -> str:
    """Name the folder of what an execution is given."""
    return f"{STARTS}{content_hash}/{attempt}/"


def champion_files(bucket: str, folder: str, champion: Champion) -> Objects:
    """List what the job that judges is given of the champion."""
    keys = [f"{folder}champion.json"]
    if champion.model:
        place, key = split_uri(champion.model)
        if place != bucket:
            raise UnusableManifestError(
                f"the approved package {champion.package} has its model in another bucket; approve "
                "one that this stack has trained"
            )
        keys.append(key)
    return Objects(bucket, tuple(keys))


def parameters(
    manifest: Mapping[str, Any], uri: str, bucket: str, folder: str
) -> list[dict[str, str]]:
    """Write the parameters of an execution."""
    told = {
        "ManifestUri": uri,
        "TrainingFiles": f"s3://{bucket}/{folder}training.manifest",
        "ChampionFiles": f"s3://{bucket}/{folder}champion.manifest",
        "ContentHash": str(manifest["content_hash"]),
        "SnapshotId": str(manifest["snapshot_id"]),
    }
    return [{"Name": name, "Value": value} for name, value in told.items()]


def token(content_hash: str, attempt: int) -> str:
    """Name an attempt, so that SageMaker starts one execution however often it is asked."""
    return f"{content_hash}-{attempt:04d}"
