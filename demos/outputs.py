"""The names that a deployed stack gives out, and what tells that messages were given up."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from sandbox.host.client import Sandbox


@dataclass(frozen=True, slots=True)
class Outputs:
    """Outputs of a stack, each field named as the output is, in snake case.

    These every architecture has; a demo adds its own.
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


def dead_letters(sandbox: Sandbox, stack: Outputs) -> int:
    """Count the messages that were given up."""
    name = "ApproximateNumberOfMessages"
    attributes = sandbox.client("sqs").get_queue_attributes(
        QueueUrl=stack.dead_letter_queue_url, AttributeNames=[name]
    )
    return int(attributes["Attributes"][name])
