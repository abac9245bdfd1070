"""What retail demographics hands to others."""

from dataclasses import dataclass

from stacks.contracts import CsvRows, PublishedValue
from stacks.retail_demographics.columns import DETECTIONS


@dataclass(frozen=True, slots=True)
class Offers:
    """A row for each face, and one for a frame without any, as the table ``detections`` has them.

    A frame may be there twice; of its analyses the earliest counts.
    """

    detections: CsvRows


def offers(*, stack_name: str) -> Offers:
    """Name what the stack of this name publishes, if it is told to hand faces over."""
    bucket = PublishedValue(f"/{stack_name}/results-bucket")
    return Offers(CsvRows(stack_name, bucket, "detections/", DETECTIONS))
