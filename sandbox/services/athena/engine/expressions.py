"""The type of every expression, and the mistakes that Athena refuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from sandbox.services.athena.engine import functions
from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.grammar import place
from sandbox.services.athena.engine.operators import arithmetic, castable
from sandbox.services.athena.engine.scopes import Columns, Scope, mismatch
from sandbox.services.athena.engine.types import (
    BIGINT,
    BOOLEAN,
    DAYS,
    DOUBLE,
    INSTANT,
    INTEGER,
    MONTHS,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    Type,
    TypeTextError,
    array,
    common,
    decimal,
    parse,
)

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


class Expressions:
    """Types expressions; ``query`` types the queries inside them."""

    def __init__(self, query: Callable[[exp.Expr, Scope], Columns]) -> None:
        self.query = query

    def expression(self, node: exp.Expr, scope: Scope) -> Type:
        """Type one expression, and leave the type on it."""
        kind = self._kind(node, scope)
        node.meta["kind"] = kind
        return kind

    def condition(self, node: exp.Expr, scope: Scope, what: str) -> None:
        """Type an expression that must be a boolean."""
        kind = self.expression(node, scope)
        if kind.name not in ("boolean", "unknown"):
            raise mismatch(node, f"{what} must evaluate to a boolean: actual type {kind}")

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
            if not node.table or not scope.holds(holder):
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
            return self.query(inner, scope)[0][1]
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
            found = self.query(inner, scope)
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
        found = arithmetic(type(node), left, right)
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
                    "CASE operand type does not match WHEN clause operand type: "
                    f"{subject} vs {test}",
                )
            kinds.append(self.expression(branch.args["true"], scope))
        if node.args.get("default") is not None:
            kinds.append(self.expression(node.args["default"], scope))
        return self._one_type(
            node, kinds, "All CASE results must be the same type or coercible to a common type"
        )

    def _if(self, node: exp.If, scope: Scope) -> Type:
        self.condition(node.this, scope, "IF condition")
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
        found = self.query(node.this, scope)
        if len(found) != 1:
            raise mismatch(node, "Multiple columns returned by subquery are not yet supported")
        return found[0][1]

    def _exists(self, node: exp.Exists, scope: Scope) -> Type:
        self.query(node.this, scope)
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
        self.condition(node.expression.this, scope, "FILTER clause")
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
            inner = Scope(
                {}, scope, lambdas=dict(zip(names, inputs, strict=False)), ctes=scope.ctes
            )
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
        result = self._zoned(match, arguments)
        node.meta["match"] = functions.Match(match.overload, result)
        return result

    def _zoned(self, match: functions.Match, arguments: Sequence[exp.Expr]) -> Type:
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
