"""SQL in files: what a file is for, and how settings get into it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template


@dataclass(frozen=True, slots=True)
class SqlFiles:
    """The SQL below a folder: ``views/<name>.sql`` and ``queries/<name>.sql``.

    ``literals`` fill in ``$names``: checked settings, written as literals of SQL.
    """

    folder: Path
    literals: Mapping[str, str]

    def view(self, name: str) -> str:
        """Return the SQL of a view; raise FileNotFoundError, KeyError for a name there is not."""
        return self._filled(self.folder / "views" / f"{name}.sql")

    def queries(self) -> dict[str, str]:
        """Return the SQL of every saved query by its name."""
        return {path.stem: self._filled(path) for path in sorted(self.folder.glob("queries/*.sql"))}

    def _filled(self, path: Path) -> str:
        return Template(path.read_text(encoding="utf-8")).substitute(self.literals).rstrip()


def purpose(sql: str) -> str:
    """Return what a query is for: its first line, which is a comment."""
    return sql.partition("\n")[0].removeprefix("-- ")


def pascal(name: str) -> str:
    """Return the id of a construct for a name of SQL: ``MoodByDay`` for ``mood_by_day``."""
    return "".join(word.capitalize() for word in name.split("_"))
