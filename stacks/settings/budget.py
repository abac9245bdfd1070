"""Functions at once: what the architectures deployed together take of what the account grants."""

from collections.abc import Mapping

from stacks.settings.errors import SettingsError
from stacks.settings.fields import Section
from stacks.settings.shared import Functions


def functions_taken(sections: Mapping[str, Section]) -> dict[str, int]:
    """Return how many functions may run at once for each architecture that has functions."""
    return {
        name: section.concurrent_functions
        for name, section in sections.items()
        if isinstance(section, Functions)
    }


def require_functions(sections: Mapping[str, Section], granted: int) -> None:
    """Refuse to build architectures together that would take more functions than are granted.

    Raises SettingsError with what each takes, and what to do.
    """
    taken = functions_taken(sections)
    total = sum(taken.values())
    if total > granted:
        parts = " + ".join(f"{number} ({name})" for name, number in taken.items())
        raise SettingsError(
            f"concurrent_functions are {parts} = {total}; allowed: at most {granted} together, "
            "which is quotas.concurrent_functions; lower concurrent_functions of one, name fewer "
            "architectures, or raise the quota once AWS has raised it"
        )
