"""What the trainer needs of the data lake."""

from dataclasses import dataclass

from stacks.contracts import BucketPrefix, Events


@dataclass(frozen=True, slots=True)
class Inputs:
    """The news that there is another training set, and the documents that tell of each."""

    features_ready: Events
    manifests: BucketPrefix
