"""The names of a stack."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from demos.outputs import Outputs, dead_letters

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
