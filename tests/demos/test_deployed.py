"""What a demo asks of a deployed stack."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from demos.deployed import Outputs, dead_letters, synthetic, upload

NAMES = {
    "ResultsBucketName": "results", "DatabaseName": "base", "WorkgroupName": "group",
    "DeadLetterQueueUrl": "url", "InboxBucketName": "inbox", "Other": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mine(Outputs):
    """Has one more."""

    inbox_bucket_name: str


def test_a_field_is_the_output_of_its_name():
    assert Mine.of(NAMES) == Mine("results", "base", "group", "url", "inbox")


def test_an_output_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="InboxBucketName"):
        Mine.of({name: value for name, value in NAMES.items() if name != "InboxBucketName"})


def test_dead_letters_are_counted():
    def attributes(**given):
        assert given["QueueUrl"] == "url"
        return {"Attributes": {"ApproximateNumberOfMessages": "3"}}

    queue = SimpleNamespace(get_queue_attributes=attributes)
    sandbox: Any = SimpleNamespace(client=lambda service: queue)
    assert dead_letters(sandbox, Mine.of(NAMES)) == 3


def test_every_file_is_put_and_its_version_told():
    def put(**given):
        return {"VersionId": f"{given['Bucket']}/{given['Key']}/{len(given['Body'])}"}

    sandbox: Any = SimpleNamespace(client=lambda service: SimpleNamespace(put_object=put))
    files = [SimpleNamespace(key=key, content=b"x" * n) for n, key in enumerate("abc")]
    assert upload(sandbox, "inbox", files) == {"a": "inbox/a/0", "b": "inbox/b/1", "c": "inbox/c/2"}


def reply(**headers):
    return {
        "ResponseMetadata": {"HTTPHeaders": {k.replace("_", "-"): v for k, v in headers.items()}}
    }


def test_what_several_replies_mark_is_named_once_and_in_order():
    replies = [reply(x_sandbox_synthetic="Age,Mood"), reply(x_sandbox_synthetic="Mood,Name")]
    assert synthetic(replies) == ("Age", "Mood", "Name")


def test_a_reply_without_the_mark_is_real():
    assert synthetic([reply(server="x"), reply(x_sandbox_synthetic="")]) == ()
