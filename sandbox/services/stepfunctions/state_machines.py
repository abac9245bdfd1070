"""A state machine acts as its role: in every call, at every item read, for every child started."""

import contextlib
import contextvars
import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sandbox.core import emulator, patching
from sandbox.core.upstream import gateway, iam_evaluator, responses
from sandbox.iam import authorization, problems, sessions
from sandbox.services.stepfunctions import refusals
from sandbox.services.stepfunctions.upstream import stepfunctions

Original = Callable[..., Any]
_DENIED = re.compile(r"User: \S+ is not authorized to perform: [^<\"]+")
_DENIAL = "AccessDeniedException"
_SCOPE = re.compile(r"Credential=[^/]+(/[^/]+/[^/]+/)([^/]+)(/aws4_request)")


class _Acting(NamedTuple):
    """The execution whose role is in force, and the resource of the task that it is at."""

    key: str
    machine: str
    resource: str = ""


_acting: contextvars.ContextVar[_Acting | None] = contextvars.ContextVar("acting", default=None)


def install() -> None:
    """Stand around the interpreter."""
    patching.wrap(
        stepfunctions,
        "_run_execution",
        _as_its_role,
        because="an execution acts as its machine's role, not as the emulator",
    )
    patching.wrap(
        stepfunctions,
        "_test_state",
        _tested_as_its_role,
        because="a state that is tested acts as the role that is given",
    )
    patching.wrap(
        stepfunctions,
        "_invoke_resource",
        _judged,
        because="what calls no API on the wire is judged by the machine's role here",
    )
    patching.wrap(
        stepfunctions,
        "_run_distributed_map",
        _start_children,
        because="a distributed map needs to start its own machine, and to follow its executions",
    )
    patching.wrap(
        gateway,
        "call_service_handler_sync",
        _through_the_gateway,
        because="a task's call passes the IAM check, signed by the machine's role",
    )


@contextlib.contextmanager
def acting_for(role_arn: str, machine_arn: str) -> Iterator[None]:
    """Let all that happens inside be judged by a state machine's role."""
    if not authorization.enforced() or not role_arn:
        yield
        return
    session = machine_arn.rpartition(":")[2][:64]
    key = sessions.opened(role_arn, service="states.amazonaws.com", session=session)
    who = authorization.execution_role(role_arn, session).arn
    token = _acting.set(_Acting(key, machine_arn))
    pinned = iam_evaluator._request_caller_arn.set(who)
    try:
        with emulator.acting_as(key):
            yield
    finally:
        _acting.reset(token)
        iam_evaluator._request_caller_arn.reset(pinned)


def _as_its_role(original: Original) -> Original:
    def run(exec_arn: str) -> Any:
        execution = stepfunctions._executions.get(exec_arn) or {}
        machine_arn = execution.get("stateMachineArn", "")
        machine = stepfunctions._state_machines.get(machine_arn) or {}
        with acting_for(machine.get("roleArn", ""), machine_arn):
            return original(exec_arn)

    return run


def _tested_as_its_role(original: Original) -> Original:
    def test(data: dict[str, Any]) -> Any:
        with acting_for(data.get("roleArn") or "", "TestState"):
            return original(data)

    return test


def _judged(original: Original) -> Original:
    """Remember which task calls, and judge those that call nothing."""

    def invoke(resource: str, input_data: Any) -> Any:
        acting = _acting.get()
        if acting is None:
            return original(resource, input_data)
        given = input_data if isinstance(input_data, dict) else {}
        role = authorization.request_caller()
        for action, arn in refusals.direct_rights(resource, given):
            if denied := authorization.denial(role, action, arn):
                raise _refused(*refusals.refusal(resource, _DENIAL, denied, 400))
        token = _acting.set(_Acting(acting.key, acting.machine, resource))
        try:
            return original(resource, input_data)
        finally:
            _acting.reset(token)

    return invoke


def _refused(error: str, cause: str) -> Exception:
    acting = _acting.get()
    machine = acting.machine.rpartition(":")[2] if acting else "?"
    problems.report("state machine", f"{machine} was refused: {cause.partition(' (Service:')[0]}")
    failure: Exception = stepfunctions._ExecutionError(error, cause)
    return failure


def _through_the_gateway(original: Original) -> Original:
    """Send a state machine's calls where those of everybody else go: past the IAM check."""

    def call(
        handler: Any,
        method: str,
        path: str,
        headers: dict[str, str],
        body: Any,
        query_params: Mapping[str, str],
        timeout: float | None = None,
    ) -> Any:
        acting = _acting.get()
        if acting is None:
            return original(handler, method, path, headers, body, query_params, timeout)
        signed = {**headers, "authorization": _signed(headers.get("authorization", ""), acting.key)}
        raw = body.encode() if isinstance(body, str) else body or b""
        query = {
            name: [value] if isinstance(value, str) else value
            for name, value in query_params.items()
        }

        async def checked(*request: Any) -> Any:
            return await gateway._dispatch_service_request(*request, responses.new_uuid())

        reply = original(checked, method, path, signed, raw, query, timeout)
        _raise_denial(acting, reply)
        return reply

    return call


def _signed(authorization: str, key: str) -> str:
    return _SCOPE.sub(rf"Credential={key}\1\2\3", authorization)


def _raise_denial(acting: _Acting, reply: Any) -> None:
    status, _, body = reply
    if status not in (400, 403):
        return
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    found = _DENIED.search(text.replace("&quot;", '"'))
    if found is not None:
        said = found.group().strip()
        raise _refused(*refusals.refusal(acting.resource, _code(text), said, status))


def _code(text: str) -> str:
    if found := re.search(r"<Code>([^<]+)</Code>", text):
        return found.group(1)
    with contextlib.suppress(ValueError, AttributeError):
        return str(json.loads(text).get("__type", "")).rpartition("#")[2]
    return ""


def _following(machine: str, state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the actions that a distributed map takes, and on what."""
    executions = machine.replace(":stateMachine:", ":execution:")
    yield "states:StartExecution", machine
    for of_map in ("", f"/{state.get('Label') or uuid.uuid4()}"):
        one = f"{executions}{of_map}:{uuid.uuid4()}"
        yield "states:DescribeExecution", one
        yield "states:StopExecution", one
    yield "states:RedriveExecution", one


def _start_children(original: Original) -> Original:
    """Ask for the rights to start the machine itself, and to follow what a distributed map runs.

    AWS's guide grants all of them and does not say when which is used: they are asked for at once.
    https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    """

    def run(
        state_def: Any, raw_input: Any, effective: Any, iterator: Any, execution: Any, ctx: Any
    ) -> Any:
        if _acting.get() is not None:
            machine = refusals.machine_arn(execution["executionArn"])
            role = authorization.request_caller()
            denials = (authorization.denial(role, *each) for each in _following(machine, state_def))
            if denied := next(filter(None, denials), None):
                raise _refused("States.TaskFailed", denied)
        return original(state_def, raw_input, effective, iterator, execution, ctx)

    return run
