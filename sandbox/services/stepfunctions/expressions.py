"""JSONata as Step Functions evaluates it: expressions between {% and %} in any JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sandbox.core import patching
from sandbox.services.stepfunctions import evaluator, members
from sandbox.services.stepfunctions.upstream import stepfunctions

ERROR = "States.QueryEvaluationError"
# A variable and the members asked of it, each name as long as JSONata's own tokenizer reads it.
_END = r"(?=[ \t\n\r\v.\[\]{}(),@#;:?+\-*/%|=<>^&!~]|\Z)"
_MENTION = re.compile(rf"\$([^\W\d]\w*)((?:\.[^\W\d]\w*{_END})*)")


class ExpressionError(Exception):
    """An expression has no value; ``where`` names the field that it stands in."""

    def __init__(self, expression: str, where: str, why: str) -> None:
        super().__init__(
            f"The JSONata expression '{expression}' specified for the field '{where}' {why}"
        )
        self.where = where


def install() -> None:
    """Give the emulator the same engine for what it evaluates itself, as in TestState."""
    because = "expressions are evaluated by the reference implementation"
    patching.replace(stepfunctions, "_evaluate_jsonata", _evaluate_one, because=because)


def is_expression(value: Any) -> bool:
    """Tell whether a string is to be evaluated."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def evaluate(fields: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Replace each expression in these fields by its value; all are evaluated at once.

    ``known`` are the variables by name. Raises `ExpressionError` for the first that has no value.
    """
    found = [(text, where) for name, part in fields.items() for text, where in _within(part, name)]
    answers = _answers(found, known)
    values = iter([_value(*one, answer) for one, answer in zip(found, answers, strict=True)])
    return {name: _filled(part, values) for name, part in fields.items()}


def first_that_holds(conditions: Sequence[Any], known: Mapping[str, Any]) -> tuple[int, Any]:
    """Find the first condition that is not false; gives its number and its value.

    The number is -1 when all are false. All are evaluated at once, and what comes after the one
    that is found does not count. Raises `ExpressionError` for one before it that has no value.
    """
    found = [one for condition in conditions for one in _within(condition, "Condition")]
    pairs = zip(found, _answers(found, known), strict=True)
    for number, condition in enumerate(conditions):
        value = condition
        if is_expression(condition):
            one, answer = next(pairs)
            value = _value(*one, answer)
        if value is not False:
            return number, value
    return -1, False


def faults(definition: Any) -> list[tuple[str, str]]:
    """List what is wrong with the expressions of a definition: why, and where it stands."""
    found = list(_within(definition, ""))
    if not found:
        return []
    try:
        answers = evaluator.shared.parse([text for text, _ in found])
    except evaluator.MissingError as error:
        return [(str(error), found[0][1])]
    pairs = zip(found, answers, strict=True)
    return [(_said(answer), where) for (_, where), answer in pairs if answer]


def _answers(
    found: Sequence[tuple[str, str]], known: Mapping[str, Any]
) -> Sequence[evaluator.Answer]:
    named = [members.found(text, known) for text, _ in found]
    texts = [text for (text, _), answer in zip(found, named, strict=True) if answer is None]
    if not texts:
        return [answer for answer in named if answer is not None]
    try:
        asked = iter(evaluator.shared.evaluate(texts, _excerpt(known, texts)))
    except evaluator.MissingError as error:
        raise ExpressionError(*found[0], f"cannot be evaluated: {error}") from error
    return [next(asked) if answer is None else answer for answer in named]


def _evaluate_one(
    expression: str, raw_input: Any, ctx: Any = None, result: Any = None, error_output: Any = None
) -> Any:
    states = {"input": raw_input, "result": result, "errorOutput": error_output, "context": ctx}
    known = {**(ctx or {}).get("variables", {}), "states": states}
    try:
        return evaluate({"Expression": f"{{%{expression}%}}"}, known)["Expression"]
    except ExpressionError as error:
        raise stepfunctions._ExecutionError(ERROR, str(error)) from error


def _value(expression: str, where: str, answer: evaluator.Answer) -> Any:
    if "error" in answer:
        why = f"threw an error during evaluation. {_said(answer)}"
        raise ExpressionError(expression, where, why)
    if "value" not in answer:
        raise ExpressionError(expression, where, "returned nothing (undefined).")
    return answer["value"]


def _said(answer: evaluator.Answer) -> str:
    code = answer.get("code")
    return f"{code}: {answer['error']}" if code else str(answer["error"])


def _within(template: Any, where: str) -> Iterator[tuple[str, str]]:
    if is_expression(template):
        yield template[2:-2].strip(), where
    elif isinstance(template, dict):
        for name, part in template.items():
            yield from _within(part, f"{where}/{name}")
    elif isinstance(template, list):
        for number, part in enumerate(template):
            yield from _within(part, f"{where}[{number}]")


def _filled(template: Any, values: Iterator[Any]) -> Any:
    if is_expression(template):
        return next(values)
    if isinstance(template, dict):
        return {name: _filled(part, values) for name, part in template.items()}
    if isinstance(template, list):
        return [_filled(part, values) for part in template]
    return template


def _excerpt(known: Mapping[str, Any], expressions: list[str]) -> dict[str, Any]:
    """Take of the variables what the expressions can reach: the rest need not be sent."""
    found: dict[str, Any] = {}
    for path in sorted({path for text in expressions for path in _mentioned(text)}):
        source: Any = known
        target = found
        for depth, name in enumerate(path, 1):
            if name not in source:
                break
            if depth == len(path) or not isinstance(source[name], dict):
                target[name] = source[name]
                break
            target = target.setdefault(name, {})
            source = source[name]
            if target is source:  # all of it is there
                break
    return found


@lru_cache(maxsize=4096)
def _mentioned(expression: str) -> frozenset[tuple[str, ...]]:
    # The operator % reaches what is around a member, and looks like the remainder's.
    whole = "%" in expression
    return frozenset(
        (name,) if whole else (name, *members.split(".")[1:])
        for name, members in _MENTION.findall(expression)
    )
