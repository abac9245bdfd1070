"""Trino's analyzer: the type of every expression, and the mistakes that Athena refuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from sandbox.athena import functions
from sandbox.athena.errors import AthenaError, not_carried
from sandbox.athena.grammar import place
from sandbox.athena.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DAYS,
    DOUBLE,
    INSTANT,
    INTEGER,
    MONTHS,
    TIMESTAMP,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    Type,
    TypeTextError,
    array,
    as_decimal,
    common,
    decimal,
    parse,
)

Columns = list[tuple[str, Type]]
_COMPARED = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM", exp.NullSafeNEQ: "IS DISTINCT FROM",
}  # fmt: skip
_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_SPANS = {
    "DAY": DAYS,
    "HOUR": DAYS,
    "MINUTE": DAYS,
    "SECOND": DAYS,
    "MONTH": MONTHS,
    "YEAR": MONTHS,
}


def mismatch(node: exp.Expr, message: str) -> AthenaError:
    """Refuse a combination of types where it stands."""
    return AthenaError("TYPE_MISMATCH", message, *place(node))


def _hidden_zone(kind: Type) -> Type:
    return replace(kind, zone=None)


@dataclass
class Scope:
    """What names mean at one place: sources by alias, an outer scope, lambda parameters."""

    sources: dict[str, dict[str, Type]]
    outer: "Scope | None" = None
    aliases: Mapping[str, Type] | None = None
    merged: frozenset[str] = frozenset()
    lambdas: Mapping[str, Type] | None = None

    def column(self, node: exp.Column) -> Type:
        """Find a column's type, innermost scope first."""
        scope: Scope | None = self
        while scope is not None:
            if node.table in scope.sources and node.name in scope.sources[node.table]:
                return scope.sources[node.table][node.name]
            if not node.table:
                if scope.lambdas and node.name in scope.lambdas:
                    return scope.lambdas[node.name]
                if scope.aliases and node.name in scope.aliases:
                    return scope.aliases[node.name]
                holders = [s[node.name] for s in scope.sources.values() if node.name in s]
                if len(holders) == 1 or (holders and node.name in scope.merged):
                    return holders[0]
                if holders:
                    message = f"Column '{node.name}' is ambiguous"
                    raise AthenaError("AMBIGUOUS_NAME", message, *place(node))
            scope = scope.outer
        shown = f"{node.table}.{node.name}" if node.table else node.name
        raise AthenaError("COLUMN_NOT_FOUND", f"Column '{shown}' cannot be resolved", *place(node))

    def parameter(self, name: str) -> Type | None:
        """Find a lambda's parameter."""
        scope: Scope | None = self
        while scope is not None:
            if scope.lambdas and name in scope.lambdas:
                return scope.lambdas[name]
            scope = scope.outer
        return None


class Typer:
    """Types one statement. ``table`` gives the columns of a table of the catalog."""

    def __init__(self, table: Callable[[exp.Table], Columns]) -> None:
        self.table = table
        self._ctes: dict[str, Columns] = {}

    def query(
        self, node: exp.Expr, outer: Scope | None = None, ctes: dict[str, Columns] | None = None
    ) -> Columns:
        """Type a query; returns its outputs."""
        known = dict(ctes or {})
        with_ = node.args.get("with_") or node.args.get("with")
        for cte in with_.expressions if with_ else []:
            if with_.args.get("recursive"):
                raise not_carried("WITH RECURSIVE")
            columns = self.query(cte.this, outer, known)
            names = [c.name for c in cte.args["alias"].columns]
            known[cte.alias] = _renamed(columns, names)
        if isinstance(node, exp.Subquery):
            return self.query(node.this, outer, known)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, outer, known)
        if isinstance(node, exp.Values):
            return self._values(node, outer)
        if isinstance(node, exp.Select):
            return self._select(node, outer, known)
        raise not_carried(f"the query form {node.key.upper()}")

    def _set_operation(
        self, node: exp.SetOperation, outer: Scope | None, ctes: dict[str, Columns]
    ) -> Columns:
        left, right = self.query(node.this, outer, ctes), self.query(node.expression, outer, ctes)
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
        scope = Scope({}, outer, aliases=dict(columns))
        for item in _ordering(node):
            self.expression(item, scope)
        return columns

    def _values(self, node: exp.Values, outer: Scope | None) -> Columns:
        rows = [r.expressions if isinstance(r, exp.Tuple) else [r] for r in node.expressions]
        kinds: list[Type] = []
        for row in rows:
            typed = [self.expression(v, Scope({}, outer)) for v in row]
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

    def _select(self, node: exp.Select, outer: Scope | None, ctes: dict[str, Columns]) -> Columns:
        scope = Scope({}, outer)
        from_ = node.args.get("from_") or node.args.get("from")
        joins = node.args.get("joins") or []
        for source in [*([from_.this] if from_ else []), *(j.this for j in joins)]:
            # Two sources may be without a name; their columns still need a place of their own.
            alias = source.alias_or_name or f"\0{len(scope.sources)}"
            scope.sources[alias] = dict(self._source(source, scope, ctes))
        self._ctes = ctes
        using = [i.name for j in joins for i in j.args.get("using") or []]
        scope.merged = frozenset(using)
        for join in joins:
            if join.args.get("on") is not None:
                self._condition(join.args["on"], scope, "JOIN ON")
        self._in(ctes, node, scope)
        columns: Columns = []
        items: list[exp.Expr] = []
        for item in node.expressions:
            items += self._expanded(item, scope) if item.is_star else [item]
        node.set("expressions", items)
        for item in items:
            columns.append((item.alias_or_name, self.expression(item, scope, ctes)))
        named = Scope(scope.sources, outer, dict(columns), scope.merged)
        for item in _ordering(node):
            self.expression(item, named, ctes)
        group = node.args.get("group")
        for item in _grouped(group):
            self.expression(item, scope, ctes)
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

    def _in(self, ctes: dict[str, Columns], node: exp.Select, scope: Scope) -> None:
        for clause in ("where", "having"):
            found = node.args.get(clause)
            if found is not None:
                self._condition(found.this, scope, f"{clause.upper()} clause", ctes)

    def _condition(
        self, node: exp.Expr, scope: Scope, what: str, ctes: dict[str, Columns] | None = None
    ) -> None:
        kind = self.expression(node, scope, ctes)
        if kind.name not in ("boolean", "unknown"):
            raise mismatch(node, f"{what} must evaluate to a boolean: actual type {kind}")

    def _source(self, node: exp.Expr, scope: Scope, ctes: dict[str, Columns]) -> Columns:
        alias = node.args.get("alias")
        names = [c.name for c in alias.columns] if alias else []
        if isinstance(node, exp.Table):
            if not node.db and node.name in ctes:
                return _renamed(ctes[node.name], names)
            return _renamed(self.table(node), names)
        if isinstance(node, exp.Unnest):
            return self._unnest(node, scope, names)
        if isinstance(node, exp.Values):
            return self._values(node, scope.outer)
        if isinstance(node, exp.Lateral):
            return _renamed(self.query(node.this, scope, ctes), names)
        return _renamed(self.query(node, scope, ctes), names)

    def _unnest(self, node: exp.Unnest, scope: Scope, names: list[str]) -> Columns:
        kinds: list[Type] = []
        for item in node.expressions:
            kind = self.expression(item, scope)
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

    def expression(
        self, node: exp.Expr, scope: Scope, ctes: dict[str, Columns] | None = None
    ) -> Type:
        """Type one expression, once for each time it is met."""
        if ctes is not None:
            self._ctes = ctes
        kind = self._kind(node, scope)
        node.meta["kind"] = kind
        return kind

    def _kind(self, node: exp.Expr, scope: Scope) -> Type:
        for shape, method in self._BY_SHAPE.items():
            if isinstance(node, shape):
                found: Type = method(self, node, scope)
                return found
        raise not_carried(f"the expression {node.key.upper()}")

    def _inner(self, node: exp.Expr, scope: Scope) -> Type:
        return self.expression(node.this, scope)

    def _column(self, node: exp.Column, scope: Scope) -> Type:
        try:
            return scope.column(node)
        except AthenaError:
            holder = exp.Column(this=node.args.get("table"), table=node.args.get("db"))
            if not node.table or not _known(scope, holder):
                raise
        kind = scope.column(holder)
        if kind.name != "row" or node.name not in kind.fields:
            raise mismatch(node, f"Expression {node.table} is not of type ROW with that field")
        node.meta["field_of"] = [p for p in (node.db, node.table) if p]
        return kind.parts[kind.fields.index(node.name)]

    def _identifier(self, node: exp.Identifier, scope: Scope) -> Type:
        found = scope.parameter(node.name)
        if found is None:
            message = f"Column '{node.name}' cannot be resolved"
            raise AthenaError("COLUMN_NOT_FOUND", message, *place(node))
        return found

    def _literal(self, node: exp.Literal, _scope: Scope) -> Type:
        if node.is_string:
            return VARCHAR
        text = node.name.lower()
        if "e" in text:
            return DOUBLE
        if "." in text:
            whole, _, fraction = text.partition(".")
            digits = len(whole.lstrip("0")) + len(fraction)
            return decimal(max(digits, 1), len(fraction))
        return INTEGER if int(text) < 2**31 else BIGINT

    def _negative(self, node: exp.Neg, scope: Scope) -> Type:
        kind = self.expression(node.this, scope)
        if not (kind.numeric or kind.interval or kind.name == "unknown"):
            raise mismatch(node, f"Cannot negate {kind}")
        return kind

    def _compare(self, node: exp.Binary, scope: Scope) -> Type:
        left, right = self.expression(node.left, scope), self._right(node.right, scope)
        if common(left, right) is None:
            word = _COMPARED[type(node)]
            raise mismatch(node, f"Cannot apply operator: {left} {word} {right}")
        return BOOLEAN

    def _right(self, node: exp.Expr, scope: Scope) -> Type:
        if isinstance(node, exp.Any | exp.All):
            inner = node.this.this if isinstance(node.this, exp.Subquery) else node.this
            return self.query(inner, scope, self._ctes)[0][1]
        return self.expression(node, scope)

    def _between(self, node: exp.Between, scope: Scope) -> Type:
        kind = self.expression(node.this, scope)
        low, high = (self.expression(node.args[k], scope) for k in ("low", "high"))
        if common(kind, low) is None or common(kind, high) is None:
            raise mismatch(node, f"Cannot check if {kind} is BETWEEN {low} and {high}")
        return BOOLEAN

    def _membership(self, node: exp.In, scope: Scope) -> Type:
        kind = self.expression(node.this, scope)
        query = node.args.get("query")
        if query is not None:
            inner = query.this if isinstance(query, exp.Subquery) else query
            found = self.query(inner, scope, self._ctes)
            if len(found) != 1:
                raise mismatch(node, "Multiple columns returned by subquery are not yet supported")
            if common(kind, found[0][1]) is None:
                message = (
                    "value and result of subquery must be of the same type for IN expression: "
                    f"{kind} vs {found[0][1]}"
                )
                raise mismatch(node, message)
            return BOOLEAN
        for item in node.expressions:
            other = self.expression(item, scope)
            joined = common(kind, other)
            if joined is None:
                message = f"IN value and list items must be the same type: {kind}, {other}"
                raise mismatch(node, message)
        return BOOLEAN

    def _logic(self, node: exp.Expr, scope: Scope) -> Type:
        for part in (node.this, node.args.get("expression")):
            if part is not None:
                kind = self.expression(part, scope)
                if kind.name not in ("boolean", "unknown"):
                    message = (
                        f"Logical expression term must evaluate to a boolean: actual type {kind}"
                    )
                    raise mismatch(part, message)
        return BOOLEAN

    def _is(self, node: exp.Is, scope: Scope) -> Type:
        self.expression(node.this, scope)
        if not isinstance(node.expression, exp.Null):
            raise AthenaError("", "mismatched input after 'IS'", *place(node))
        return BOOLEAN

    def _like(self, node: exp.Like, scope: Scope) -> Type:
        for part in (node.this, node.expression):
            kind = self.expression(part, scope)
            if kind.name not in ("varchar", "char", "unknown"):
                raise mismatch(
                    part,
                    f"Left side of LIKE expression must evaluate to a varchar (actual: {kind})",
                )
        return BOOLEAN

    def _escape(self, node: exp.Escape, scope: Scope) -> Type:
        self.expression(node.expression, scope)
        return self.expression(node.this, scope)

    def _joined(self, node: exp.DPipe, scope: Scope) -> Type:
        left, right = (self.expression(p, scope) for p in (node.left, node.right))
        if left.name == "array" or right.name == "array":
            kinds = [k if k.name == "array" else array(k) for k in (left, right)]
            both = common(*kinds)
            if both is not None:
                return both
        elif {left.name, right.name} <= {"varchar", "char", "unknown"}:
            return VARCHAR
        elif {left.name, right.name} <= {"varbinary", "unknown"}:
            return VARBINARY
        message = f"Unexpected parameters ({left}, {right}) for function concat"
        raise mismatch(node, message)

    def _arithmetic(self, node: exp.Binary, scope: Scope) -> Type:
        left, right = self.expression(node.left, scope), self.expression(node.right, scope)
        found = _arithmetic(type(node), left, right)
        if found is None:
            word = _ARITHMETIC[type(node)]
            raise mismatch(node, f"Cannot apply operator: {left} {word} {right}")
        return found

    def _cast(self, node: exp.Cast, scope: Scope) -> Type:
        source = self.expression(node.this, scope)
        try:
            kind = parse(node.args["to"].sql("trino"))
        except TypeTextError as error:
            raise AthenaError(
                "TYPE_NOT_FOUND", f"Unknown type: {node.args['to'].sql('trino')}", *place(node)
            ) from error
        if kind.name == "decimal" and not node.args["to"].expressions:
            if isinstance(node.this, exp.Literal):
                raise not_carried("a decimal literal (write the cast with its precision)")
            kind = decimal(38, 0)
        node.meta["target"] = kind
        if not castable(source, kind):
            raise mismatch(node, f"Cannot cast {source} to {kind}")
        if kind.name == INSTANT.name:
            return replace(kind, zone=source.zone if source.name == kind.name else "UTC")
        return kind

    def _case(self, node: exp.Case, scope: Scope) -> Type:
        subject = self.expression(node.this, scope) if node.this is not None else None
        kinds: list[Type] = []
        for branch in node.args["ifs"]:
            test = self.expression(branch.this, scope)
            if subject is None and test.name not in ("boolean", "unknown"):
                raise mismatch(
                    branch, f"CASE WHEN clause must evaluate to a boolean: actual type {test}"
                )
            if subject is not None and common(subject, test) is None:
                raise mismatch(
                    branch,
                    f"CASE operand type does not match WHEN clause operand type: {subject} vs {test}",
                )
            kinds.append(self.expression(branch.args["true"], scope))
        if node.args.get("default") is not None:
            kinds.append(self.expression(node.args["default"], scope))
        return self._one_type(
            node, kinds, "All CASE results must be the same type or coercible to a common type"
        )

    def _if(self, node: exp.If, scope: Scope) -> Type:
        self._condition(node.this, scope, "IF condition")
        kinds = [
            self.expression(node.args[k], scope)
            for k in ("true", "false")
            if node.args.get(k) is not None
        ]
        return self._one_type(node, kinds, "Result types for IF must be the same")

    def _one_type(self, node: exp.Expr, kinds: Sequence[Type], message: str) -> Type:
        found = kinds[0]
        for kind in kinds[1:]:
            both = common(found, kind)
            if both is None:
                raise mismatch(
                    node, f"{message}. Cannot find common type between {found} and {kind}"
                )
            found = both
        return found

    def _array(self, node: exp.Array, scope: Scope) -> Type:
        kinds = [self.expression(item, scope) for item in node.expressions]
        return array(
            self._one_type(node, kinds, "All ARRAY elements must be the same type")
            if kinds
            else UNKNOWN
        )

    def _tuple(self, node: exp.Tuple, scope: Scope) -> Type:
        kinds = tuple(self.expression(item, scope) for item in node.expressions)
        return Type("row", kinds, fields=("",) * len(kinds))

    def _subscript(self, node: exp.Bracket, scope: Scope) -> Type:
        holder, index = (
            self.expression(node.this, scope),
            self.expression(node.expressions[0], scope),
        )
        if holder.name == "array" and index.whole:
            return holder.parts[0]
        if holder.name == "map" and common(holder.parts[0], index) is not None:
            return holder.parts[1]
        if holder.name == "row" and isinstance(node.expressions[0], exp.Literal):
            return holder.parts[int(node.expressions[0].name) - 1]
        raise mismatch(node, f"Cannot use {index} for subscript of {holder}")

    def _dot(self, node: exp.Dot, scope: Scope) -> Type:
        holder, name = self.expression(node.this, scope), node.expression.name.lower()
        if holder.name != "row" or name not in holder.fields:
            raise mismatch(
                node, f"Expression {node.this.sql('trino')} is not of type ROW with a field {name}"
            )
        return holder.parts[holder.fields.index(name)]

    def _interval(self, node: exp.Interval, _scope: Scope) -> Type:
        unit = node.text("unit").upper()
        if unit not in _SPANS or not isinstance(node.this, exp.Literal) or not node.this.is_string:
            raise AthenaError("", f"mismatched input in INTERVAL {node.sql('trino')}", *place(node))
        return _SPANS[unit]

    def _scalar_query(self, node: exp.Subquery, scope: Scope) -> Type:
        found = self.query(node.this, scope, self._ctes)
        if len(found) != 1:
            raise mismatch(node, "Multiple columns returned by subquery are not yet supported")
        return found[0][1]

    def _exists(self, node: exp.Exists, scope: Scope) -> Type:
        self.query(node.this, scope, self._ctes)
        return BOOLEAN

    def _distinct(self, node: exp.Distinct, scope: Scope) -> Type:
        kinds = [self.expression(item, scope) for item in node.expressions]
        return kinds[0]

    def _order(self, node: exp.Order, scope: Scope) -> Type:
        for item in node.expressions:
            self.expression(item.this, scope)
        return self.expression(node.this, scope)

    def _window(self, node: exp.Window, scope: Scope) -> Type:
        for item in node.args.get("partition_by") or []:
            self.expression(item, scope)
        order = node.args.get("order")
        for item in order.expressions if order else []:
            self.expression(item.this, scope)
        return self.expression(node.this, scope)

    def _filtered(self, node: exp.Filter, scope: Scope) -> Type:
        self._condition(node.expression.this, scope, "FILTER clause")
        return self.expression(node.this, scope)

    def _call(self, node: exp.Anonymous, scope: Scope) -> Type:
        name = node.name.lower()
        arguments = [a for a in node.expressions if not isinstance(a, exp.Star)]
        if name == "row":
            return self._tuple(exp.Tuple(expressions=arguments), scope)
        for item in node.args.get("within") or []:
            self.expression(item.this, scope)
        kinds = [
            None if isinstance(a, exp.Lambda) else self.expression(a, scope) for a in arguments
        ]

        def type_lambda(index: int, inputs: Sequence[Type]) -> Type:
            found = arguments[index]
            names = [p.name for p in found.expressions]
            inner = Scope({}, scope, lambdas=dict(zip(names, inputs, strict=False)))
            return self.expression(found.this, inner)

        try:
            match = functions.resolve(name, kinds, type_lambda)
        except AthenaError as error:
            if error.line is None and error.code in ("TYPE_MISMATCH", "FUNCTION_NOT_FOUND"):
                error.line, error.column = place(node)
            raise
        if match.overload.kind == "window" and not isinstance(
            node.find_ancestor(exp.Window, exp.Select), exp.Window
        ):
            message = f"Window function {name} requires an OVER clause"
            raise AthenaError("MISSING_OVER", message, *place(node))
        result = self._zoned(match, arguments, kinds)
        node.meta["match"] = functions.Match(match.overload, result)
        return result

    def _zoned(
        self, match: functions.Match, arguments: Sequence[exp.Expr], kinds: Sequence[Type | None]
    ) -> Type:
        kept = match.overload.result
        if not kept.startswith("instant@") or not kept[-1].isdigit():
            return match.result
        zone = arguments[int(kept[-1]) - 1]
        fixed = zone.name if isinstance(zone, exp.Literal) else None
        return replace(match.result, zone=fixed)

    _BY_SHAPE: Mapping[Any, Callable[..., Type]] = {
        exp.Alias: _inner, exp.Paren: _inner, exp.Ordered: _inner, exp.IgnoreNulls: _inner,
        exp.RespectNulls: _inner, exp.Column: _column, exp.Identifier: _identifier,
        exp.Literal: _literal, exp.Null: lambda *_: UNKNOWN, exp.Boolean: lambda *_: BOOLEAN,
        exp.HexString: lambda *_: VARBINARY, exp.Neg: _negative, exp.Between: _between,
        exp.In: _membership, exp.And: _logic, exp.Or: _logic, exp.Not: _logic, exp.Is: _is,
        exp.Like: _like, exp.Escape: _escape, exp.DPipe: _joined, exp.Cast: _cast,
        exp.Case: _case, exp.If: _if, exp.Array: _array, exp.Tuple: _tuple,
        exp.Bracket: _subscript, exp.Dot: _dot, exp.Interval: _interval,
        exp.Subquery: _scalar_query, exp.Exists: _exists, exp.Distinct: _distinct,
        exp.Order: _order, exp.Window: _window, exp.Filter: _filtered, exp.Anonymous: _call,
        tuple(_COMPARED): _compare, tuple(_ARITHMETIC): _arithmetic,
    }  # fmt: skip


def _arithmetic(shape: type[exp.Expr], left: Type, right: Type) -> Type | None:
    if left.numeric and right.numeric:
        both = common(left, right)
        if both is None or both.name != "decimal":
            return both
        return _decimal(shape, as_decimal(left), as_decimal(right))
    if "unknown" in (left.name, right.name):
        return right if left.name == "unknown" else left
    if shape in (exp.Add, exp.Sub):
        if right.interval and left.temporal:
            return left
        if left.interval and right.temporal and shape is exp.Add:
            return right
        if left.interval and left == right:
            return left
        if shape is exp.Sub and left.temporal and right.temporal:
            return DAYS
    if shape is exp.Mul and {left.interval, right.interval} == {True, False}:
        return left if left.interval else right
    return None


def _decimal(shape: type[exp.Expr], left: Type, right: Type) -> Type:
    (p1, s1), (p2, s2) = left.numbers, right.numbers
    if shape is exp.Mul:
        return decimal(p1 + p2, s1 + s2)
    if shape is exp.Div:
        return decimal(p1 + s2 + max(0, s2 - s1), max(s1, s2))
    scale = max(s1, s2)
    if shape is exp.Mod:
        return decimal(min(p2 - s2, p1 - s1) + scale, scale)
    return decimal(max(p1 - s1, p2 - s2) + scale + 1, scale)


_FROM_TEXT = (
    "boolean",
    "varbinary",
    "json",
    "varchar",
    "char",
    "time",
    DATE.name,
    TIMESTAMP.name,
    INSTANT.name,
)


def castable(source: Type, target: Type) -> bool:
    """Tell whether Trino has the cast."""
    if source.name in ("unknown", "json") or target.name == "json" or source.name == target.name:
        return target.name not in ("map",) or source.name in ("unknown", "json", "map")
    if source.name in ("varchar", "char"):
        return target.numeric or target.name in _FROM_TEXT
    if target.name in ("varchar", "char"):
        return (
            source.numeric
            or source.temporal
            or source.name in ("boolean", "time")
            or source.interval
        )
    if source.numeric:
        return target.numeric or target.name == "boolean"
    if source.name == "boolean":
        return target.numeric
    return source.temporal and (target.temporal or target.name == "time")


def _known(scope: Scope, node: exp.Column) -> bool:
    try:
        scope.column(node)
    except AthenaError:
        return False
    return True


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
