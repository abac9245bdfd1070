"""The outputs of every query of a statement, typed as Trino's analyzer does."""

from collections.abc import Callable, Sequence

from sqlglot import exp

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.expressions import Expressions
from sandbox.services.athena.engine.grammar import place
from sandbox.services.athena.engine.scopes import Columns, Scope, mismatch
from sandbox.services.athena.engine.types import BIGINT, Type, common


class Typer:
    """Types one statement. ``table`` gives the columns of a table of the catalog."""

    def __init__(self, table: Callable[[exp.Table], Columns]) -> None:
        self.table = table
        self.expressions = Expressions(self.query)

    def query(self, node: exp.Expr, outer: Scope) -> Columns:
        """Type a query; returns its outputs."""
        with_ = node.args.get("with_")
        if with_ is not None and with_.args.get("recursive"):
            raise not_carried("WITH RECURSIVE")
        for cte in with_.expressions if with_ else []:
            names = [c.name for c in cte.args["alias"].columns]
            columns = _renamed(self.query(cte.this, outer), names)
            outer = Scope({}, outer, ctes={**outer.ctes, cte.alias: columns})
        if isinstance(node, exp.Subquery):
            return self.query(node.this, outer)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, outer)
        if isinstance(node, exp.Values):
            return self._values(node, outer)
        if isinstance(node, exp.Select):
            return self._select(node, outer)
        raise not_carried(f"the query form {node.key.upper()}")

    def _set_operation(self, node: exp.SetOperation, outer: Scope) -> Columns:
        left, right = self.query(node.this, outer), self.query(node.expression, outer)
        word = node.key.upper()
        if len(left) != len(right):
            raise AthenaError(
                "TYPE_MISMATCH",
                f"{word} query has different number of fields: {len(left)}, {len(right)}",
                *place(node),
            )
        columns: Columns = []
        for index, ((name, one), (_, two)) in enumerate(zip(left, right, strict=True), 1):
            both = common(one, two)
            if both is None:
                message = f"column {index} in {word} query has incompatible types: {one}, {two}"
                raise mismatch(node.expression, message)
            columns.append((name, both))
        scope = Scope({}, outer, aliases=dict(columns), ctes=outer.ctes)
        for item in _ordering(node):
            self.expressions.expression(item, scope)
        return columns

    def _values(self, node: exp.Values, outer: Scope) -> Columns:
        rows = [r.expressions if isinstance(r, exp.Tuple) else [r] for r in node.expressions]
        kinds: list[Type] = []
        for row in rows:
            typed = [self.expressions.expression(v, outer) for v in row]
            if kinds and len(kinds) != len(typed):
                raise mismatch(node, "Values rows have mismatched sizes")
            kinds = [self._join(node, a, b) for a, b in zip(kinds or typed, typed, strict=True)]
        names = [c.name for c in node.args["alias"].columns] if node.args.get("alias") else []
        return _renamed([(f"_col{i}", k) for i, k in enumerate(kinds)], names)

    def _join(self, node: exp.Expr, left: Type, right: Type) -> Type:
        both = common(left, right)
        if both is None:
            raise mismatch(node, f"Values rows have mismatched types: {left} vs {right}")
        return both

    def _select(self, node: exp.Select, outer: Scope) -> Columns:
        _refuse_foreign(node)
        scope = Scope({}, outer, ctes=outer.ctes)
        from_ = node.args.get("from_")
        joins = node.args.get("joins") or []
        for source in [*([from_.this] if from_ else []), *(j.this for j in joins)]:
            # Two sources may be without a name; their columns still need a place of their own.
            alias = source.alias_or_name or f"\0{len(scope.sources)}"
            columns = self._source(source, scope)
            if len(dict(columns)) < len(columns):
                raise not_carried("a source with two columns of one name")
            scope.sources[alias] = dict(columns)
        scope.merged = frozenset(i.name for j in joins for i in j.args.get("using") or [])
        for join in joins:
            if join.args.get("on") is not None:
                self.expressions.condition(join.args["on"], scope, "JOIN ON clause")
        for clause in ("where", "having"):
            found = node.args.get(clause)
            if found is not None:
                self.expressions.condition(found.this, scope, f"{clause.upper()} clause")
        return self._outputs(node, scope)

    def _outputs(self, node: exp.Select, scope: Scope) -> Columns:
        items: list[exp.Expr] = []
        for item in node.expressions:
            items += self._expanded(item, scope) if item.is_star else [item]
        node.set("expressions", items)
        typed = self.expressions.expression
        for window in node.args.get("windows") or []:
            for part in window.args.get("partition_by") or []:
                typed(part, scope)
            for part in _ordering(window):
                typed(part, scope)
        columns = [(item.alias_or_name, typed(item, scope)) for item in items]
        named = Scope(scope.sources, scope.outer, dict(columns), scope.merged, ctes=scope.ctes)
        for item in _ordering(node):
            typed(item, named)
        for item in _grouped(node.args.get("group")):
            typed(item, scope)
        return columns

    def _expanded(self, node: exp.Expr, scope: Scope) -> list[exp.Expr]:
        name = node.text("table")
        if not scope.sources:
            message = "SELECT * not allowed in queries without FROM clause"
            raise AthenaError("COLUMN_NOT_FOUND", message, *place(node))
        if name and name not in scope.sources:
            message = f"Unable to resolve reference {name}"
            raise AthenaError("TABLE_NOT_FOUND", message, *place(node))
        merged = (
            []
            if name
            else [n for s in list(scope.sources.values())[:1] for n in s if n in scope.merged]
        )
        found: list[exp.Expr] = [exp.column(n) for n in merged]
        for alias, columns in scope.sources.items():
            if name in ("", alias):
                shown = [n for n in columns if n not in merged and not n.startswith("$")]
                table = None if alias.startswith("\0") else alias
                found += [exp.column(n, table=table) for n in shown]
        return found

    def _source(self, node: exp.Expr, scope: Scope) -> Columns:
        alias = node.args.get("alias")
        names = [c.name for c in alias.columns] if alias else []
        if isinstance(node, exp.Table):
            if not isinstance(node.this, exp.Identifier):
                raise not_carried(f"the table function {node.name}")
            if not node.db and node.name in scope.ctes:
                return _renamed(scope.ctes[node.name], names)
            return _renamed(self.table(node), names)
        if isinstance(node, exp.Unnest):
            return self._unnest(node, scope, names)
        if isinstance(node, exp.Values):
            return self._values(node, scope)
        inner = node.this if isinstance(node, exp.Lateral) else node
        outer = scope if isinstance(node, exp.Lateral) else (scope.outer or scope)
        # What stands beside a subquery is not seen from inside it, what is named by WITH is.
        visible = Scope({}, outer, ctes=scope.ctes)
        return _renamed(self.query(inner, visible), names)

    def _unnest(self, node: exp.Unnest, scope: Scope, names: list[str]) -> Columns:
        kinds: list[Type] = []
        for item in node.expressions:
            kind = self.expressions.expression(item, scope)
            if kind.name == "array":
                inner = kind.parts[0]
                kinds += inner.parts if inner.name == "row" else (inner,)
            elif kind.name == "map":
                kinds += kind.parts
            else:
                raise mismatch(item, f"Cannot unnest type: {kind}")
        offset = node.args.get("offset")
        if offset:
            kinds.append(BIGINT)
            if isinstance(offset, exp.Identifier):
                names = [*names, offset.name]
        return _renamed([(f"_col{i}", k) for i, k in enumerate(kinds)], names)


def _renamed(columns: Columns, names: Sequence[str]) -> Columns:
    if not names:
        return columns
    kinds = [kind for _, kind in columns]
    return [*zip(names, kinds, strict=False), *columns[len(names) :]]


def _ordering(node: exp.Expr) -> list[exp.Expr]:
    order = node.args.get("order")
    items = [o.this for o in order.expressions] if order else []
    return [i for i in items if not isinstance(i, exp.Literal)]


def _grouped(group: exp.Expr | None) -> list[exp.Expr]:
    if group is None:
        return []
    flat: list[exp.Expr] = []
    pending = list(group.expressions)
    for key in ("grouping_sets", "cube", "rollup"):
        pending += group.args.get(key) or []
    while pending:
        item = pending.pop(0)
        if isinstance(item, exp.GroupingSets | exp.Cube | exp.Rollup | exp.Tuple):
            pending = [*item.expressions, *pending]
        elif isinstance(item, exp.Paren):
            pending = [item.this, *pending]
        elif not isinstance(item, exp.Literal):
            flat.append(item)
    return flat


_JOINS = {"", "INNER", "OUTER", "CROSS"}


def _refuse_foreign(node: exp.Select) -> None:
    for join in node.args.get("joins") or []:
        word = next((w for w in (join.method, join.kind) if w not in _JOINS), None)
        if word:
            raise not_carried(f"{word} JOIN")
    for clause in ("laterals", "pivots", "hint", "into", "cluster", "sort", "distribute", "sample"):
        if node.args.get(clause):
            raise AthenaError("", f"mismatched input '{clause}'", *place(node))
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        raise AthenaError("", "mismatched input 'ON'", *place(node))
