"""A deployed stack as its demo sees it: its outputs, its dead letters, uploads, what is made up."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, Protocol, Self

from sandbox.host.client import Sandbox

UPLOADERS = 8


@dataclass(frozen=True, slots=True)
class Outputs:
    """Outputs of a stack, each field named as the output is, in snake case.

    These every architecture with a queue and a table has; a demo adds its own.
    """

    results_bucket_name: str
    database_name: str
    workgroup_name: str
    dead_letter_queue_url: str

    @classmethod
    def of(cls, outputs: Mapping[str, str]) -> Self:
        """Pick the fields from the outputs; raises KeyError for one that the stack lacks."""
        return cls(
            **{field.name: outputs[field.name.title().replace("_", "")] for field in fields(cls)}
        )


class File(Protocol):
    """Whatever has a key and a content."""

    @property
    def key(self) -> str:
        """Return the key of the object."""

    @property
    def content(self) -> bytes:
        """Return the body of the object."""


def upload(sandbox: Sandbox, bucket: str, files: Iterable[File]) -> dict[str, str]:
    """Put files into a versioned bucket, a few at a time; returns the version of each key."""
    s3 = sandbox.client("s3")

    def put(file: File) -> tuple[str, str]:
        reply = s3.put_object(Bucket=bucket, Key=file.key, Body=file.content)
        return file.key, reply["VersionId"]

    with ThreadPoolExecutor(UPLOADERS) as pool:
        return dict(pool.map(put, files))


def dead_letters(sandbox: Sandbox, stack: Outputs) -> int:
    """Count the messages that were given up."""
    name = "ApproximateNumberOfMessages"
    attributes = sandbox.client("sqs").get_queue_attributes(
        QueueUrl=stack.dead_letter_queue_url, AttributeNames=[name]
    )
    return int(attributes["Attributes"][name])


def header(reply: Mapping[str, Any], name: str) -> str:
    """Return a header of a reply, or nothing."""
    value: str = reply["ResponseMetadata"]["HTTPHeaders"].get(name, "")
    return value


def synthetic(replies: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Name the parts of the replies that the sandbox marks as made up, each once."""
    marks = (header(reply, "x-sandbox-synthetic").split(",") for reply in replies)
    return tuple(dict.fromkeys(name for names in marks for name in names if name))
