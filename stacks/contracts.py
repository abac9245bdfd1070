"""What one architecture hands to another: pure data, known before either of them is deployed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """A text that a stack publishes as an SSM parameter of this name, such as a bucket's name.

    Whoever needs it reads it at run time; there is no such parameter while nobody publishes it.
    """

    parameter: str


@dataclass(frozen=True, slots=True)
class BucketPrefix:
    """Objects below a prefix such as ``curated/``, in a bucket of a stack that publishes its name.

    The bucket's name is made by CloudFormation, which begins it with the name of its stack.
    """

    stack_name: str
    bucket: PublishedValue
    prefix: str


@dataclass(frozen=True, slots=True)
class CsvRows(BucketPrefix):
    """Rows of RFC 4180 in such objects, all of text; each object has a header of these columns."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one kind that a stack puts on the account's default bus."""

    source: str
    detail_type: str
