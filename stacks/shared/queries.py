"""SQL in files: what a file is for, and how settings get into it. Pure."""

from collections.abc import Mapping
from pathlib import Path
from string import Template


def filled(path: Path, literals: Mapping[str, str]) -> str:
    """Return the SQL of a file; every value in it is a checked setting, written as a literal."""
    return Template(path.read_text(encoding="utf-8")).substitute(literals).rstrip()


def purpose(sql: str) -> str:
    """Return what a query is for: its first line, which is a comment."""
    return sql.partition("\n")[0].removeprefix("-- ")


def pascal(name: str) -> str:
    """Return the id of a construct for a name of SQL: ``MoodByDay`` for ``mood_by_day``."""
    return "".join(word.capitalize() for word in name.split("_"))
