"""The SQL of the views and saved queries, with the settings filled in. Pure."""

from pathlib import Path

from stacks.service_chain.settings import ServiceChain
from stacks.shared.queries import SqlFiles


def sql_files(settings: ServiceChain) -> SqlFiles:
    """Find the files beside this one, and what the settings are in SQL."""
    literals = {name: f"{value:g}" for name, value in settings.thresholds}
    return SqlFiles(Path(__file__).parent, literals)
