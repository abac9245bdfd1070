"""The SQL of the views and saved queries, with the settings filled in."""

from pathlib import Path

from stacks.settings_service_chain import ServiceChain
from stacks.shared.queries import filled

HERE = Path(__file__).parent


def view_sql(name: str, settings: ServiceChain) -> str:
    """Return the SQL of a view."""
    return filled(HERE / "views" / f"{name}.sql", _literals(settings))


def saved_queries(settings: ServiceChain) -> dict[str, str]:
    """Return the SQL of every saved query by its name."""
    files = sorted(HERE.glob("queries/*.sql"))
    return {path.stem: filled(path, _literals(settings)) for path in files}


def _literals(settings: ServiceChain) -> dict[str, str]:
    return {name: f"{value:g}" for name, value in settings.thresholds}
