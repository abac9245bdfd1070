"""The SQL of the views and saved queries, with the settings filled in."""

from collections.abc import Sequence
from pathlib import Path

from stacks.settings import AgeBand, RetailDemographics
from stacks.shared.queries import filled

HERE = Path(__file__).parent


def view_sql(name: str, settings: RetailDemographics) -> str:
    """Return the SQL of a view."""
    return _filled(HERE / "views" / f"{name}.sql", settings)


def saved_queries(settings: RetailDemographics) -> dict[str, str]:
    """Return the SQL of every saved query by its name."""
    return {path.stem: _filled(path, settings) for path in sorted(HERE.glob("queries/*.sql"))}


def _filled(path: Path, settings: RetailDemographics) -> str:
    literals = {
        "time_zone": _text(settings.time_zone),
        "smallest_group": str(settings.smallest_group),
        "age_band": _age_band(settings.age_bands),
        **{name: f"{value:g}" for name, value in settings.thresholds},
    }
    return filled(path, literals)


def _age_band(bands: Sequence[AgeBand]) -> str:
    """Write the choice of the band that holds the middle of an age range."""
    cases = " ".join(
        f"WHEN age_low + age_high >= {2 * band.from_age} THEN {_text(band.name)}"
        for band in reversed(bands)
    )
    return f"CASE {cases} END"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
