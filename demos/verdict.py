"""Say what is wrong with files, by name, without saying too much."""

from collections.abc import Sequence

SHOWN = 3


def about(keys: Sequence[str], what: str) -> str:
    """Count files and name the first few; nothing is said of none."""
    if not keys:
        return ""
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    names = ", ".join(repr(key) for key in keys[:SHOWN])
    count = "1 file" if len(keys) == 1 else f"{len(keys)} files"
    return f"{count} {what}: {names}{more}"
