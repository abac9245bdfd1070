"""Uploading files."""

from types import SimpleNamespace
from typing import Any

from demos.upload import upload


def test_every_file_is_put_and_its_version_told():
    def put(**given):
        return {"VersionId": f"{given['Bucket']}/{given['Key']}/{len(given['Body'])}"}

    sandbox: Any = SimpleNamespace(client=lambda service: SimpleNamespace(put_object=put))
    files = [SimpleNamespace(key=key, content=b"x" * n) for n, key in enumerate("abc")]
    assert upload(sandbox, "inbox", files) == {"a": "inbox/a/0", "b": "inbox/b/1", "c": "inbox/c/2"}
