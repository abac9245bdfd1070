"""What the kitchen needs of others."""

from dataclasses import dataclass

from stacks.contracts import BucketPrefix, Events


@dataclass(frozen=True, slots=True)
class Inputs:
    """Fruit, and the news that there is some."""

    fruit: BucketPrefix
    picked: Events
