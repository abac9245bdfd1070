"""The states that call nothing: Pass, Choice, Wait, Succeed, Fail."""

from datetime import datetime
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.stepfunctions import engine, fields
from sandbox.services.stepfunctions.expressions import ERROR
from sandbox.services.stepfunctions.failures import RUNTIME, StateError
from sandbox.services.stepfunctions.flows import Left, Visit
from sandbox.services.stepfunctions.upstream import stepfunctions


async def pass_on(visit: Visit) -> Left:
    """Shape data."""
    state = visit.state
    if visit.is_jsonata:
        return fields.passed(visit, state, fields.next_of(state))
    given = fields.parameters(visit, state.get("Parameters"), fields.selected(visit))
    return fields.finish(visit, state.get("Result", given))


async def choose(visit: Visit) -> Left:
    """Go where the first rule that holds says."""
    rules = visit.state.get("Choices", [])
    number = _first_that_holds(visit, rules)
    if number >= 0:
        return fields.passed(visit, rules[number], rules[number]["Next"])
    if "Default" in visit.state:
        return fields.passed(visit, visit.state, visit.state["Default"])
    # AWS keeps the name States.NoChoiceMatched for the future.
    raise StateError(RUNTIME, visit.at_fault("No choice rule matched, and there is no Default."))


def _first_that_holds(visit: Visit, rules: list[Any]) -> int:
    if not visit.is_jsonata:
        given, context = fields.selected(visit), visit.context()
        held = (n for n, rule in enumerate(rules) if _holds(rule, given, context))
        return next(held, -1)
    number, found = visit.first_that_holds([rule["Condition"] for rule in rules])
    if not isinstance(found, bool):
        raise fields.mistyped(visit, "Condition", "boolean", found)
    return number


def _holds(rule: Any, given: Any, context: Any) -> bool:
    return bool(stepfunctions._evaluate_rule(rule, given, context))


async def wait(visit: Visit) -> Left:
    """Let time pass, or a moment come."""
    moment = fields.value(visit, "Timestamp")
    if moment is not None:
        until = _moment(visit, moment)
        await engine.pause((until - CLOCK.now()).total_seconds())
    else:
        await engine.pause(fields.number(visit, "Seconds") or 0)
    return fields.passed(visit, visit.state, fields.next_of(visit.state))


def _moment(visit: Visit, text: Any) -> datetime:
    found = stepfunctions._parse_ts(text) if "T" in str(text) else None
    if found is None or found.tzinfo is None:
        raise StateError(
            ERROR if visit.is_jsonata else RUNTIME,
            visit.at_fault(
                "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time "
                f"format string: {text}"
            ),
        )
    # AWS "considers the time value up to seconds and truncates milliseconds": a wait may end early.
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
    moment: datetime = found.replace(microsecond=0)
    return moment


async def succeed(visit: Visit) -> Left:
    """End the flow well."""
    return fields.passed(visit, visit.state, None)


async def fail(visit: Visit) -> Left:
    """End the flow with an error of the author's own."""
    error, cause = (fields.value(visit, name) for name in ("Error", "Cause"))
    for name, found in (("Error", error), ("Cause", cause)):
        if found is not None and not isinstance(found, str):
            raise fields.mistyped(visit, name, "string", found)
    raise StateError(error or "", cause or "")
