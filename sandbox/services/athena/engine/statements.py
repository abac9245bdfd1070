"""Which statement a text is, and who runs it."""

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from sandbox.services.athena.engine import ddl, dml, grammar, shows, views
from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.results import Result
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.tables import is_iceberg

_DDL: tuple[tuple[str, Callable[[Session, str], Result]], ...] = (
    (r"create\s+(or\s+replace\s+)?view\b", views.create),
    (r"drop\s+view\b", views.drop),
    (r"create\s+external\s+table\b", ddl.create_table),
    (r"create\s+(database|schema)\b", ddl.create_database),
    (r"drop\s+(database|schema)\b", ddl.drop_database),
    (r"drop\s+table\b", ddl.drop_table),
    (r"alter\s+table\b", ddl.alter_table),
    (r"msck\s+repair\s+table\b", ddl.repair),
    (r"show\b", shows.show),
    (r"(describe|desc)\b", shows.describe),
)
_ICEBERGS = re.compile(r"(?i)(optimize|vacuum)\b")
_COMMENTS = re.compile(r"^(\s+|--[^\n]*(\n|$)|/\*.*?\*/)+", re.DOTALL)


def plain(sql: str) -> str:
    """Strip what may surround a statement: comments before it, semicolons after."""
    return _COMMENTS.sub("", sql).rstrip().rstrip(";").rstrip()


def kind(sql: str) -> str:
    """Name the statement's kind as Athena reports it."""
    word = plain(sql).partition("(")[0].split()[:1] or [""]
    first = re.sub(r"\W.*", "", word[0].lower())
    if re.match(r"(?i)create\s+table\b.*\bas\b", plain(sql), re.DOTALL):
        return "DDL"
    if first in ("create", "drop", "alter", "msck"):
        return "DDL"
    return "UTILITY" if first in ("show", "describe", "desc") else "DML"


def check(sql: str) -> None:
    """Refuse at submission what Athena's parser refuses there."""
    text = plain(sql)
    if not text:
        raise AthenaError("", "Query string must not be empty", 1, 1)
    lowered = text.lower()
    if re.match(r"(prepare|execute|deallocate|unload|explain)\b", lowered):
        return
    if any(re.match(pattern, lowered) for pattern, _ in _DDL):
        if ddl.double_quoted(text) and not re.match(
            r"(create|drop|show)\b.*\bview\b|show\b", lowered, re.DOTALL
        ):
            raise AthenaError("", "mismatched input '\"'", 1, 1)
        return
    _refuse_without_data(lowered)
    if not _ICEBERGS.match(text):
        grammar.read(text)


def _refuse_without_data(lowered: str) -> None:
    """Refuse CREATE TABLE without EXTERNAL and without a query: Iceberg's way to make a table."""
    if not re.match(r"create\s+table\b", lowered) or re.search(r"\bas\b", lowered):
        return
    if re.search(r"'table_type'\s*=\s*'iceberg'", lowered):
        raise not_carried("Iceberg tables")
    raise AthenaError("", "External keyword required for table type HIVE")


def _refuse_change(session: Session, tree: exp.Expr) -> None:
    """Refuse what changes rows, which only Iceberg tables let happen."""
    changed = tree.find(exp.Table)
    name = ".".join(part.name for part in changed.parts) if changed else ""
    if is_iceberg(session.catalog.table(*ddl.named(session, name)) or {}):
        raise not_carried(f"{tree.key.upper()} of an Iceberg table")
    message = f"Modifying Hive table rows is not supported: {tree.key.upper()}"
    raise AthenaError("NOT_SUPPORTED", message)


def run(session: Session, sql: str, parameters: Sequence[str] = ()) -> Result:
    """Run one statement; ``parameters`` are the texts of literals, one for each ``?``."""
    text = plain(sql)
    lowered = text.lower()
    for pattern, action in _DDL:
        if re.match(pattern, lowered):
            return action(session, text)
    if found := re.match(r"(?is)prepare\s+(\w+)\s+from\s+(.*)$", text):
        session.store_prepared(found[1], found[2])
        return Result(kind="DDL")
    if found := re.match(r"(?is)deallocate\s+prepare\s+(\w+)$", text):
        session.store_prepared(found[1], None)
        return Result(kind="DDL")
    if found := re.match(r"(?is)execute\s+(\w+)(?:\s+using\s+(.*))?$", text):
        return _execute(session, found[1], found[2], parameters)
    if lowered.startswith("explain"):
        raise not_carried("EXPLAIN")
    if found := dml.UNLOAD.match(text):
        return dml.unload(session, _filled(grammar.read(found[1]), parameters), found[2], found[3])
    if found := _ICEBERGS.match(text):
        raise not_carried(f"{found[1].upper()}, which is for Iceberg tables")
    _refuse_without_data(lowered)
    tree = _filled(grammar.read(text), parameters)
    if isinstance(tree, exp.Create) and tree.kind == "TABLE" and tree.expression is not None:
        return dml.create_table_as(session, tree)
    if isinstance(tree, exp.Insert):
        return dml.insert(session, tree)
    if isinstance(tree, exp.Delete | exp.Update | exp.Merge):
        _refuse_change(session, tree)
    return session.select(tree)


def _execute(session: Session, name: str, using: str | None, parameters: Sequence[str]) -> Result:
    prepared = session.prepared(name)
    if prepared is None:
        raise AthenaError("", f"Prepared statement {name} not found")
    if using:
        tree = grammar.read(f"SELECT {using}")
        parameters = [item.sql("trino") for item in tree.args["expressions"]]
    return run(session, prepared, parameters)


def _filled(tree: exp.Expr, parameters: Sequence[str]) -> exp.Expr:
    marks = list(tree.find_all(exp.Placeholder, bfs=False))
    if len(marks) != len(parameters):
        message = (
            f"Incorrect number of parameters: expected {len(marks)} but found {len(parameters)}"
        )
        raise AthenaError("INVALID_PARAMETER_USAGE", message, 1, 1)
    for mark, text in zip(marks, parameters, strict=True):
        mark.replace(exp.Paren(this=grammar.expression(text)))
    return tree
