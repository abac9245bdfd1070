"""A state's input, output and settings in either query language."""

from collections.abc import Mapping
from typing import Any

from sandbox.services.stepfunctions.expressions import ERROR, is_expression
from sandbox.services.stepfunctions.failures import RUNTIME, StateError
from sandbox.services.stepfunctions.flows import Left, Visit
from sandbox.services.stepfunctions.upstream import stepfunctions


def arguments(visit: Visit) -> Any:
    """Compose what a task is called with, or what the branches of a Parallel get."""
    state = visit.state
    if visit.is_jsonata:
        return (
            visit.evaluate(state["Arguments"], "Arguments") if "Arguments" in state else visit.given
        )
    return parameters(visit, state.get("Parameters"), selected(visit))


def selected(visit: Visit) -> Any:
    """Return the part of the input that InputPath leaves."""
    return stepfunctions._apply_input_path(visit.state, visit.given, visit.context())


def parameters(
    visit: Visit, template: Any, given: Any, item: Mapping[str, Any] | None = None
) -> Any:
    """Fill in a JSONPath template."""
    if template is None:
        return given
    try:
        return stepfunctions._resolve_params_obj(template, given, visit.context(item))
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise StateError(RUNTIME, visit.at_fault(f"{type(error).__name__}: {error}")) from error


def finish(visit: Visit, result: Any) -> Left:
    """Leave a state that has a result: shape the output, then set the variables."""
    state = visit.state
    if visit.is_jsonata:
        return Left(visit.shape(state, result, result=result), next_of(state))
    shaped = parameters(visit, state.get("ResultSelector"), result)
    output = stepfunctions._apply_result_path(state, visit.given, shaped)
    output = stepfunctions._apply_output_path(state, output, visit.context())
    return Left(output, next_of(state))


def passed(visit: Visit, holder: Mapping[str, Any], following: str | None) -> Left:
    """Leave a state that has no result: its input goes on unless it says otherwise."""
    if visit.is_jsonata:
        return Left(visit.shape(holder, visit.given), following)
    output = stepfunctions._apply_output_path(visit.state, selected(visit), visit.context())
    return Left(output, following)


def caught(visit: Visit, catcher: Mapping[str, Any], failure: StateError) -> Left:
    """Leave a state by one of its catches."""
    error = failure.output
    if visit.is_jsonata:
        output = visit.shape(catcher, error, errorOutput=error)
    else:
        path = catcher.get("ResultPath", "$")
        output = stepfunctions._apply_result_path_raw(path, visit.given, error)
    return Left(output, catcher["Next"])


def number(visit: Visit, name: str, *, fraction: bool = False) -> float | None:
    """Read a setting that may be a number, an expression or a path; None when it is not given."""
    found = value(visit, name)
    if found is None:
        return None
    whole = isinstance(found, int) or (isinstance(found, float) and found.is_integer())
    if isinstance(found, bool) or not (whole or (fraction and isinstance(found, float))):
        raise mistyped(visit, name, "number", found)
    if found < 0:
        raise mistyped(visit, name, "number of 0 or more", found)
    return float(found)


def value(visit: Visit, name: str) -> Any:
    """Read a setting that may be a literal, an expression or a path; None when it is not given."""
    state = visit.state
    if visit.is_jsonata:
        found = state.get(name)
        return visit.evaluate(found, name) if is_expression(found) else found
    if f"{name}Path" in state:
        return stepfunctions._resolve_path_or_ctx(
            state[f"{name}Path"], selected(visit), visit.context()
        )
    return state.get(name)


def mistyped(visit: Visit, field: str, expected: str, found: Any) -> StateError:
    """Make the error of a setting that turned out to be of another type."""
    said = (
        f"The value of the field '{field}' is not of the expected type. Expected '{expected}', "
        f"but was '{stepfunctions._json_type(found)}' for value: {found!r}"
    )
    return StateError(ERROR if visit.is_jsonata else RUNTIME, visit.at_fault(said))


def next_of(state: Mapping[str, Any]) -> str | None:
    """Name the state that follows, None at the end of the flow."""
    return None if state.get("End") else state.get("Next")
