"""What the harvest hands to others."""

from dataclasses import dataclass

from stacks.contracts import BucketPrefix, Events, PublishedValue


@dataclass(frozen=True, slots=True)
class Offers:
    """Fruit, and the news that there is some."""

    fruit: BucketPrefix
    picked: Events


def offers(*, stack_name: str) -> Offers:
    """Name what the stack of this name publishes."""
    bucket = PublishedValue(f"/{stack_name}/fruit-bucket")
    return Offers(
        fruit=BucketPrefix(stack_name, bucket, "fruit/"),
        picked=Events(source=f"harvest.{stack_name}", detail_type="Fruit Picked"),
    )
