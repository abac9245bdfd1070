"""Trino's grammar, read so that no function is reinterpreted on the way in."""

from collections.abc import Iterator
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, TokenError
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from sandbox.services.athena.engine.errors import AthenaError, not_carried

_KEPT = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "SUBSTRING", "POSITION", "LISTAGG")
_FOREIGN = ("::", "==", "|>", "&&", "//")


class Reading(Trino):
    """Trino, with every function kept under the name it was written with.

    sqlglot's own translation of functions is good but not exact; keeping them as written
    lets functions.txt be the one place that says what each of them means.
    """

    INDEX_OFFSET = 0  # subscripts stay as written; DuckDB counts from 1 too

    class Parser(TrinoParser):
        """Knows no function but those with a grammar of their own."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: TrinoParser.FUNCTION_PARSERS[name] for name in _KEPT
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            k: v for k, v in TrinoParser.NO_PAREN_FUNCTION_PARSERS.items() if k != "CONNECT_BY_ROOT"
        }


def read(sql: str) -> exp.Expr:
    """Parse one statement of DML; what Trino's grammar refuses is a SYNTAX_ERROR with its place."""
    try:
        tokens = list(Reading().tokenize(sql))
        _refuse_foreign(tokens, sql)
        trees = [t for t in Reading().parser().parse(tokens, sql) if t is not None]
    except ParseError as error:
        raise _mismatched(error) from error
    except TokenError as error:
        raise AthenaError(
            "SYNTAX_ERROR", f"unterminated or illegal token: {error}", 1, 1
        ) from error
    if len(trees) != 1:
        raise AthenaError("", "Only one sql statement is allowed", 1, 1)
    tree: exp.Expr = trees[0]
    for star in tree.find_all(exp.Star):
        if any(star.args.values()):
            raise AthenaError("SYNTAX_ERROR", "mismatched input after '*'", *place(star))
    for select in tree.find_all(exp.Select):
        if not select.expressions or select.args.get("qualify"):
            raise AthenaError("SYNTAX_ERROR", "mismatched input in SELECT", *place(select))
    return tree


def _refuse_foreign(tokens: list[Token], sql: str) -> None:
    for token in tokens:
        if token.token_type != TokenType.STRING and token.text in _FOREIGN:
            message = f"mismatched input '{token.text}'"
            raise AthenaError("", message, token.line, token.col)
    at = sql.find("`")
    if at >= 0 and not any(t.start <= at <= t.end for t in tokens if "`" in t.text):
        line, column = sql.count("\n", 0, at) + 1, at - sql.rfind("\n", 0, at)
        message = "backquoted identifiers are not supported; use double quotes to quote identifiers"
        raise AthenaError("", message, line, column)


def _mismatched(error: ParseError) -> AthenaError:
    found = error.errors[0] if error.errors else {}
    word, line, column = found.get("highlight"), found.get("line"), found.get("col")
    told = f"mismatched input '{word}'" if word else f"mismatched input: {found.get('description')}"
    return AthenaError("", told, line or 1, column or 1)


def place(node: exp.Expr) -> tuple[int, int]:
    """Find where an expression starts: the leftmost position that the tokenizer left in it."""
    found = (
        (int(n.meta["line"]), int(n.meta["col"]) - max(len(n.name) - 1, 0))
        for n in node.walk()
        if "line" in n.meta and "col" in n.meta
    )
    return min(found, default=(1, 1))


def calls(tree: exp.Expr) -> Iterator[exp.Anonymous]:
    """List the function calls of a statement."""
    return tree.find_all(exp.Anonymous)


def expression(text: str) -> exp.Expr:
    """Parse one expression, such as the value of a parameter."""
    tree = read(f"SELECT {text}")
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        raise AthenaError("SYNTAX_ERROR", f"not an expression: {text}", 1, 1)
    found: exp.Expr = tree.expressions[0]
    return found


def single_query(tree: exp.Expr) -> exp.Query:
    """Insist that a statement is a query."""
    if isinstance(tree, exp.Values):
        return exp.select("*").from_(tree)
    if isinstance(tree, exp.Table | exp.Subquery) and isinstance(tree.this, exp.Query):
        return tree.this
    if not isinstance(tree, exp.Query):
        raise not_carried(f"the statement {tree.key.upper()}")
    return tree


__all__ = ["Reading", "calls", "expression", "place", "read", "single_query", "sqlglot"]
