"""The states that call nothing: Pass, Choice, Wait, Succeed, Fail."""

from datetime import UTC, datetime
from typing import Any

from sandbox.services.stepfunctions import engine, fields
from sandbox.services.stepfunctions.failures import RUNTIME, StateError
from sandbox.services.stepfunctions.flows import UNEVALUATED, Left, Visit
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
    for rule in visit.state.get("Choices", []):
        if _holds(visit, rule):
            return fields.passed(visit, rule, rule["Next"])
    if "Default" in visit.state:
        return fields.passed(visit, visit.state, visit.state["Default"])
    # AWS keeps the name States.NoChoiceMatched for the future.
    raise StateError(RUNTIME, visit.at_fault("No choice rule matched, and there is no Default."))


def _holds(visit: Visit, rule: Any) -> bool:
    if not visit.is_jsonata:
        given = fields.selected(visit)
        return bool(stepfunctions._evaluate_rule(rule, given, visit.context()))
    found = visit.evaluate(rule["Condition"], "Condition")
    if not isinstance(found, bool):
        raise fields.mistyped(visit, "Condition", "boolean", found)
    return found


async def wait(visit: Visit) -> Left:
    """Let time pass, or a moment come."""
    moment = fields.value(visit, "Timestamp")
    if moment is not None:
        until = _moment(visit, moment)
        await engine.pause((until - datetime.now(UTC)).total_seconds())
    else:
        await engine.pause(fields.number(visit, "Seconds") or 0)
    return fields.passed(visit, visit.state, fields.next_of(visit.state))


def _moment(visit: Visit, text: Any) -> datetime:
    found = stepfunctions._parse_ts(text) if "T" in str(text) else None
    if found is None or found.tzinfo is None:
        raise StateError(
            UNEVALUATED if visit.is_jsonata else RUNTIME,
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
