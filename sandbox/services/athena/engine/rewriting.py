"""Before typing: syntax that is a function in disguise becomes a call of that function."""

from typing import Any

from sqlglot import exp

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.grammar import place

_FIELDS = {
    "year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day",
    "day_of_month": "day", "day_of_week": "day_of_week", "dow": "day_of_week",
    "day_of_year": "day_of_year", "doy": "day_of_year", "year_of_week": "year_of_week",
    "yow": "year_of_week", "hour": "hour", "minute": "minute", "second": "second",
    "timezone_hour": "timezone_hour", "timezone_minute": "timezone_minute",
}  # fmt: skip


def call(name: str, *arguments: exp.Expr, at: exp.Expr | None = None) -> exp.Anonymous:
    """Make a call, at the place of what it stands for."""
    made = exp.Anonymous(this=name, expressions=[a.copy() for a in arguments])
    if at is not None:
        made.meta.update({k: at.meta[k] for k in ("line", "col") if k in at.meta})
    return made


def _one(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Extract):
        field = node.name.lower()
        if field not in _FIELDS:
            raise AthenaError("", f"Invalid EXTRACT field: {field}", *place(node))
        return call(_FIELDS[field], node.expression, at=node)
    if isinstance(node, exp.Trim):
        if node.expression is not None:
            raise not_carried("trim of given characters")
        kind = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.text("position"), "trim")
        return call(kind, node.this, at=node)
    if isinstance(node, exp.Substring):
        rest = [node.args[k] for k in ("start", "length") if node.args.get(k) is not None]
        return call("substr", node.this, *rest, at=node)
    if isinstance(node, exp.StrPosition):
        return call("strpos", node.this, node.args["substr"], at=node)
    if isinstance(node, exp.GroupConcat):
        return _listagg(node)
    if isinstance(node, exp.CurrentTimestamp):
        return call("now", at=node)
    if isinstance(node, exp.CurrentDate):
        return call("current_date", at=node)
    if isinstance(node, exp.Localtimestamp):
        return exp.cast(call("now", at=node), exp.DType.TIMESTAMP)
    if isinstance(node, exp.CurrentUser | exp.CurrentTime | exp.Localtime | exp.CurrentCatalog):
        raise not_carried(node.key)
    if isinstance(node, exp.ParseJSON):
        return call("json_parse", node.this, at=node)
    if (
        isinstance(node, exp.Anonymous)
        and node.name.lower() == "mod"
        and len(node.expressions) == 2
    ):
        left, right = (exp.Paren(this=e.copy()) for e in node.expressions)
        return exp.Mod(this=left, expression=right)
    if isinstance(node, exp.AtTimeZone):
        return call("at_timezone", node.this, node.args["zone"], at=node)
    return node


def _listagg(node: exp.GroupConcat) -> exp.Anonymous:
    order = node.this if isinstance(node.this, exp.Order) else None
    value = order.this if order else node.this
    separator = node.args.get("separator") or exp.Literal.string("")
    made = call("listagg", value, separator, at=node)
    if order:
        made.set("within", [o.copy() for o in order.expressions])
    return made


def name_outputs(select: exp.Select) -> None:
    """Name every unnamed output as Athena does: _col0, then _col1."""
    for index, item in enumerate(select.expressions):
        if isinstance(item, exp.Column | exp.Alias | exp.Star) or item.is_star:
            continue
        if isinstance(item, exp.Dot):
            continue
        made = exp.alias_(item.copy(), f"_col{index}", copy=False)
        made.meta["unnamed"] = True
        item.replace(made)


def name_values(node: exp.Values) -> None:
    """Give a table of literals the names that Trino gives its columns."""
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier("_values"))
    if not alias.columns:
        first = node.expressions[0]
        width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
        alias.set("columns", [exp.to_identifier(f"_col{i}") for i in range(width)])
    node.set("alias", alias)


def rewrite(tree: exp.Query) -> exp.Query:
    """Return a copy in which only plain calls are left, and every output has a name."""
    made: Any = tree.transform(_one)
    for values in made.find_all(exp.Values):
        name_values(values)
    for select in made.find_all(exp.Select):
        name_outputs(select)
    query: exp.Query = made
    return query
