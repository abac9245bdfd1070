"""The functions of batches, before a bucket in memory."""

import hashlib
import io
import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from model_hosting import read_batch_files


class Bucket:
    """What the functions use of S3; ``open`` are uploads that were begun and not ended."""

    def __init__(self):
        self.objects: dict[str, bytes] = {}
        self.open: dict[str, dict[int, bytes]] = {}

    def get_object(self, **asked):
        """Read an object, if it is the one that is meant."""
        content, wanted = self.objects.get(asked["Key"]), asked.get("IfMatch")
        if content is None or (wanted and wanted != etag(content)):
            status = 404 if content is None else 412
            reply = {"Error": {"Code": str(status)}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(reply, "GetObject")
        return {"Body": StreamingBody(io.BytesIO(content), len(content))}

    def put_object(self, **asked):
        """Write an object."""
        self.objects[asked["Key"]] = bytes(asked["Body"])

    def create_multipart_upload(self, **asked):
        """Begin an upload."""
        self.open[asked["Key"]] = {}
        return {"UploadId": asked["Key"]}

    def upload_part(self, **asked):
        """Take a part."""
        self.open[asked["Key"]][asked["PartNumber"]] = asked["Body"]
        return {"ETag": str(asked["PartNumber"])}

    def complete_multipart_upload(self, **asked):
        """Put the parts together that are named."""
        parts = self.open.pop(asked["Key"])
        named = (part["PartNumber"] for part in asked["MultipartUpload"]["Parts"])
        self.objects[asked["Key"]] = b"".join(parts[number] for number in named)

    def abort_multipart_upload(self, **asked):
        """Forget an upload."""
        del self.open[asked["Key"]]

    def delete_objects(self, **asked):
        """Delete what is there."""
        for each in asked["Delete"]["Objects"]:
            self.objects.pop(each["Key"], None)
        return {}

    def get_paginator(self, operation):
        """Page through what is listed, two by two."""
        assert operation == "list_objects_v2"
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, **asked):
        found = [
            {"Key": key, "ETag": f'"{etag(content)}"', "Size": len(content)}
            for key, content in self.objects.items()
            if key.startswith(asked["Prefix"])
        ]
        return [{"Contents": found[:2]}, {"Contents": found[2:]}, {}]


def etag(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def bucket(monkeypatch):
    """Put a bucket behind the functions."""
    form = {"content_type": "application/jsonlines", "joins": True, "input_filter": "$",
            "output_filter": "$", "most_bytes": 1000}  # fmt: skip
    monkeypatch.setenv("BATCH_FORM", json.dumps(form))
    monkeypatch.setenv("BATCHES_BUCKET", "batches")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "MlReferenceArchitectures")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "ModelHosting")
    found = Bucket()
    read_batch_files.form.cache_clear()
    store = read_batch_files.Storage(found, "batches")
    for name in ("open_batch", "screen_file", "sift_file", "close_batch"):
        monkeypatch.setattr(f"model_hosting.{name}.storage", lambda: store)
    yield found
    assert not found.open
    read_batch_files.form.cache_clear()
