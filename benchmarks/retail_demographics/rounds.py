"""What was measured, and the table that it becomes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Round:
    """One system that took a number of images once."""

    images: int
    lost: int
    seconds: float
    objects: int
    rekognition_calls: int
    put_calls: int

    @property
    def images_per_second(self) -> float:
        """Return the images per second, from the first upload to the last row."""
        return (self.images - self.lost) / self.seconds

    @property
    def objects_per_thousand(self) -> float:
        """Return how many objects a thousand images leave."""
        return 1000 * self.objects / self.images

    @property
    def calls_per_image(self) -> float:
        """Return how often Rekognition is asked per image."""
        return self.rekognition_calls / self.images

    @property
    def puts_per_image(self) -> float:
        """Return how many objects are written per image, the frame itself left out."""
        return (self.put_calls - self.images) / self.images


@dataclass(frozen=True, slots=True)
class Import:
    """Milliseconds to import in a fresh process: the median of some."""

    bare: float
    boto3: float
    handler: float

    @property
    def ours(self) -> float:
        """Return what the handler adds to boto3, which every function pays."""
        return self.handler - self.boto3


def compared(ours: Sequence[Round], baseline: Sequence[Round]) -> str:
    """Tabulate the medians of two systems, and their ratios."""
    rows = [
        ("Images per second", "images_per_second", 1, "higher"),
        ("Images lost", "lost", 0, "lower"),
        ("Result objects per 1,000 images", "objects_per_thousand", 1, "lower"),
        ("DetectFaces calls per image", "calls_per_image", 3, "lower"),
        ("Result PUTs per image", "puts_per_image", 3, "lower"),
    ]
    lines = [
        "| Median of the rounds | RetailDemographics | One CSV per image | Ratio | Better is |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for title, name, digits, better in rows:
        a, b = (median(getattr(r, name) for r in rounds) for rounds in (ours, baseline))
        ratio = f"{a / b:.2f}" if b else "n/a"
        lines.append(f"| {title} | {a:,.{digits}f} | {b:,.{digits}f} | {ratio} | {better} |")
    return "\n".join(lines)


def spread(rounds: Sequence[Round]) -> str:
    """Say how far the rounds lie apart."""
    rates = [r.images_per_second for r in rounds]
    return f"{min(rates):.1f} to {max(rates):.1f}"
