"""The SQL of the views and saved queries, with the settings filled in. Pure."""

from collections.abc import Sequence
from pathlib import Path

from stacks.retail_demographics.settings import AgeBand, RetailDemographics
from stacks.shared.queries import SqlFiles


def sql_files(settings: RetailDemographics) -> SqlFiles:
    """Find the files beside this one, and what the settings are in SQL."""
    literals = {
        "time_zone": _text(settings.time_zone),
        "smallest_group": str(settings.smallest_group),
        "age_band": _age_band(settings.age_bands),
        **{name: f"{value:g}" for name, value in settings.thresholds},
    }
    return SqlFiles(Path(__file__).parent, literals)


def _age_band(bands: Sequence[AgeBand]) -> str:
    """Write the choice of the band that holds the middle of an age range."""
    cases = " ".join(
        f"WHEN age_low + age_high >= {2 * band.from_age} THEN {_text(band.name)}"
        for band in reversed(bands)
    )
    return f"CASE {cases} END"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
