"""What names mean at one place of a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.grammar import place
from sandbox.services.athena.engine.types import Type

Columns = list[tuple[str, Type]]


def mismatch(node: exp.Expr, message: str) -> AthenaError:
    """Refuse a combination of types where it stands."""
    return AthenaError("TYPE_MISMATCH", message, *place(node))


@dataclass
class Scope:
    """Sources by alias, an outer scope, queries named by WITH, lambda parameters."""

    sources: dict[str, dict[str, Type]]
    outer: "Scope | None" = None
    aliases: Mapping[str, Type] | None = None
    merged: frozenset[str] = frozenset()
    lambdas: Mapping[str, Type] | None = None
    ctes: Mapping[str, Columns] = field(default_factory=dict)

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

    def holds(self, node: exp.Column) -> bool:
        """Tell whether a column is known here."""
        try:
            self.column(node)
        except AthenaError:
            return False
        return True
