"""The settings of retail demographics: its section of ``config/*.toml``."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from stacks.settings.fields import Deliveries, Percent, QuotaShare, Section
from stacks.settings.shared import Functions, Queries, Retention

# Athena's, not this machine's: that a query ends with an unknown zone is seen after deployment.
TIME_ZONES = frozenset(
    zone
    for line in Path(__file__).with_name("time_zones.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for zone in line.split()
)


def _known_zone(zone: str) -> str:
    if zone not in TIME_ZONES:
        close = get_close_matches(zone, TIME_ZONES, n=1)
        raise ValueError(
            'an IANA time zone such as "UTC" or "Europe/Paris" that Athena knows, a name of '
            "stacks/retail_demographics/time_zones.txt"
            + (f" (did you mean {close[0]}?)" if close else "")
        )
    return zone


class Thresholds(Section):
    """The confidence, in percent, below which each attribute counts as unknown."""

    age: Percent
    gender: Percent
    emotion: Percent
    smile: Percent
    eyeglasses: Percent
    sunglasses: Percent
    beard: Percent
    mustache: Percent
    eyes_open: Percent
    mouth_open: Percent
    face_occluded: Percent
    eye_direction: Percent


class AgeBand(Section):
    """A named range of ages, which ends where the next one starts."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9 _-]{0,31}$")]
    from_age: Annotated[int, Field(ge=0, le=150)]


def _from_birth_up(bands: tuple[AgeBand, ...]) -> tuple[AgeBand, ...]:
    ages = [band.from_age for band in bands]
    names = {band.name for band in bands}
    if ages[:1] != [0] or ages != sorted(set(ages)) or len(names) < len(bands):
        raise ValueError("bands of different names, the first from 0, each older than the last")
    return bands


class RetailDemographics(Retention, Queries, Functions):
    """The settings of the architecture of that name."""

    time_zone: Annotated[str, AfterValidator(_known_zone)]
    smallest_group: Annotated[int, Field(ge=2, le=1000)]
    delete_analyzed_frames: bool
    repeated_uploads_count_once: bool
    hand_over_faces: bool
    max_capture_age_days: Annotated[int, Field(ge=1, le=365)]
    quota_share: QuotaShare
    calls_per_instance: Annotated[float, Field(ge=0.5, le=33)]
    batch_size: Annotated[int, Field(ge=1, le=1000)]
    batch_window_seconds: Annotated[int, Field(ge=0, le=300)]
    timeout_seconds: Annotated[int, Field(ge=30, le=900)]
    memory_mib: Annotated[int, Field(ge=128, le=10_240)]
    deliveries: Deliveries
    rejected_percent: Annotated[float, Field(ge=0.1, le=100)]
    age_bands: Annotated[tuple[AgeBand, ...], Field(strict=False), AfterValidator(_from_birth_up)]
    thresholds: Thresholds

    @property
    def services(self) -> frozenset[str]:
        """Name the one that sees faces."""
        return frozenset({"rekognition"})
