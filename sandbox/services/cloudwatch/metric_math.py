"""Metric math, one period at a time: numbers in, a number or nothing out."""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Value = float | None
_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ONE_NUMBER: Mapping[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": lambda x: float(-(-x // 1)),
    "FLOOR": lambda x: float(x // 1),
}
_MANY: Mapping[str, Callable[[list[float]], float]] = {
    "AVG": lambda xs: sum(xs) / len(xs),
    "MAX": max,
    "MIN": min,
    "SUM": sum,
}
FUNCTIONS = ("FILL", "IF", *_ONE_NUMBER, *_MANY)


class UnsupportedExpressionError(ValueError):
    """An expression uses more of metric math than the sandbox has."""


def evaluate(expression: str, values: Mapping[str, Value]) -> Value:
    """Compute an expression for one period; None when a number that it needs is missing."""
    return _value(_parse(expression), values)


def names(expression: str) -> set[str]:
    """List the ids that an expression refers to, once it is known to be supported."""
    tree = _parse(expression)
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(FUNCTIONS)
    _value(tree, dict.fromkeys(found, 1.0))
    return found


def _parse(expression: str) -> ast.expr:
    text = expression.replace("^", "**").replace("&&", " and ").replace("||", " or ")
    text = re.sub(r"\b(AND|OR)\b", lambda match: match[0].lower(), text)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise UnsupportedExpressionError(_unsupported(expression)) from error


def _value(node: ast.expr, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            negated = _value(inner, values)
            return None if negated is None else -negated
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _both(_ARITHMETIC[type(op)], _value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return _both(_COMPARISONS[type(op)], _value(left, values), _value(right, values))
        case ast.BoolOp(op=op, values=parts):
            truths = [bool(_value(part, values)) for part in parts]
            return float(all(truths) if isinstance(op, ast.And) else any(truths))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, values, node)
    raise UnsupportedExpressionError(_unsupported(ast.unparse(node)))


def _call(
    name: str, arguments: list[ast.expr], values: Mapping[str, Value], node: ast.expr
) -> Value:
    match name, arguments:
        case "IF", [condition, yes, no]:
            truth, then, other = (_value(part, values) for part in (condition, yes, no))
            return None if truth is None else then if truth else other
        case "FILL", [filled, with_what]:
            known = _value(filled, values)
            return _value(with_what, values) if known is None else known
        case one, [argument] if one in _ONE_NUMBER:
            number = _value(argument, values)
            return None if number is None else _ONE_NUMBER[one](number)
        case many, _ if many in _MANY:
            known_values = [v for v in _each(arguments, values) if v is not None]
            return _MANY[many](known_values) if known_values else None
    raise UnsupportedExpressionError(_unsupported(ast.unparse(node)))


def _each(arguments: list[ast.expr], values: Mapping[str, Value]) -> Iterator[Value]:
    for argument in arguments:
        parts = argument.elts if isinstance(argument, ast.List) else [argument]
        yield from (_value(part, values) for part in parts)


def _both(apply: Callable[[float, float], Any], left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    try:
        return float(apply(left, right))
    except ZeroDivisionError:
        return None  # CloudWatch has no data point there


def _unsupported(expression: str) -> str:
    return (
        f"the sandbox does not have this metric math: {expression}; "
        f"it has numbers, comparisons, AND, OR and {', '.join(FUNCTIONS)}"
    )
