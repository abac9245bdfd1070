"""JSONata as Step Functions evaluates it: expressions between {% and %} in any JSON."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sandbox.services.stepfunctions.upstream import stepfunctions

# AWS stops an expression after one second. A shared laptop is slower than AWS.
_MILLISECONDS = 10_000


class ExpressionError(Exception):
    """An expression has no value; ``where`` names the field that it stands in."""

    def __init__(self, expression: str, where: str, why: str) -> None:
        super().__init__(
            f"The JSONata expression '{expression}' specified for the field '{where}' {why}"
        )
        self.where = where


def is_expression(value: Any) -> bool:
    """Tell whether a string is to be evaluated."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def evaluate(template: Any, known: Mapping[str, Any], where: str) -> Any:
    """Replace each expression in a template by its value.

    ``known`` are the variables by name. Raises `ExpressionError`.
    """
    if isinstance(template, str):
        return _value(template[2:-2].strip(), known, where) if is_expression(template) else template
    if isinstance(template, dict):
        return {name: evaluate(part, known, f"{where}/{name}") for name, part in template.items()}
    if isinstance(template, list):
        return [evaluate(part, known, f"{where}[{n}]") for n, part in enumerate(template)]
    return template


def _value(expression: str, known: Mapping[str, Any], where: str) -> Any:
    null = stepfunctions.jsonata.utils.Utils.NULL_VALUE
    try:
        program = _compiled(expression)
        program.environment.set_runtime_bounds(_MILLISECONDS, None)
        type(program).CURRENT.jsonata = program  # the library's functions find it there
        bindings = {name: null if value is None else value for name, value in known.items()}
        found = program.evaluate(None, bindings)
    except Exception as error:
        code = getattr(error, "error", None)
        message = f"{code}: {error}" if isinstance(code, str) and code else str(error)
        why = f"threw an error during evaluation. {message}"
        raise ExpressionError(expression, where, why) from error
    if found is None:
        raise ExpressionError(expression, where, "returned nothing (undefined).")
    try:
        return _plain(found)
    except TypeError as error:
        raise ExpressionError(expression, where, f"returned {error}.") from error


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Any:
    program = stepfunctions.jsonata.Jsonata(expression)
    program.set_output_convert_nulls(False)
    stepfunctions._register_sfn_jsonata_functions(program)
    return program


def _plain(value: Any) -> Any:
    """Take the library's own lists and nulls out of a result."""
    if value is stepfunctions.jsonata.utils.Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list):
        return [_plain(value[at]) for at in range(len(value))]
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    raise TypeError("a function")
