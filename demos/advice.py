"""Say what is wrong with files, by name, without saying too much."""

from collections.abc import Iterable, Sequence

SHOWN = 3


def about(keys: Sequence[str], what: str) -> str:
    """Count files and name the first few; nothing is said of none."""
    if not keys:
        return ""
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    names = ", ".join(repr(key) for key in keys[:SHOWN])
    count = "1 file" if len(keys) == 1 else f"{len(keys)} files"
    return f"{count} {what}: {names}{more}"


def together(advice: Iterable[str]) -> str:
    """Put what is said of one check into one line."""
    return "; ".join(filter(None, advice))


def nothing(what: str, refused: Sequence[str], given_up: str, log: str) -> str:
    """Say why nothing came out, as far as it is known, and where to look."""
    if refused:
        return f"{what}; AWS refused: {' | '.join(refused)}"
    return (
        f"{what}, and {given_up} are in the dead-letter queue; run it again with KEEP=1 and read "
        f"{log}"
    )
