"""Hold a table to rules."""

import duckdb

from sandbox.services.glue.data_quality.measures import MEASURES, Outcome, together
from sandbox.services.glue.data_quality.row_measures import ROW_MEASURES
from sandbox.services.glue.data_quality.rules import AnyRule, Composite
from sandbox.services.glue.data_quality.tables import CannotHoldError, Table


def evaluate(rule: AnyRule, table: Table) -> Outcome:
    """Tell whether a table is what a rule wants; what could not be judged is an error, no pass."""
    if isinstance(rule, Composite):
        return together(rule.operator, [evaluate(part, table) for part in rule.parts])
    try:
        return (MEASURES | ROW_MEASURES)[rule.kind](table, rule)
    except CannotHoldError as error:
        return Outcome("FAIL", str(error))
    except (duckdb.Error, ValueError) as error:
        return Outcome("ERROR", f"Exception thrown while evaluating rule: {error}")
