"""A flow of states: one is entered after the other, each by the rules of its type."""

import asyncio
from collections import ChainMap
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import expressions
from sandbox.services.stepfunctions.failures import RUNTIME, StateError
from sandbox.services.stepfunctions.history import Trail, carried
from sandbox.services.stepfunctions.payloads import fitting
from sandbox.services.stepfunctions.runs import Run


class Left(NamedTuple):
    """How a state was left: its output, and the state that follows, None at the end of a flow."""

    output: Any
    following: str | None


@dataclass(frozen=True)
class Scope:
    """What the states of one flow share; an inner flow reads the variables of the outer ones."""

    run: Run
    trail: Trail
    language: str
    variables: ChainMap[str, Any]
    item: Mapping[str, Any] | None = None

    def inner(self, item: Mapping[str, Any] | None = None) -> "Scope":
        """Open the scope of a branch or an iteration."""
        return replace(
            self,
            trail=self.trail.fork(),
            variables=self.variables.new_child(),
            item=self.item if item is None else item,
        )


class Visit:
    """One visit of a state, from entering to leaving it."""

    def __init__(self, name: str, state: Mapping[str, Any], given: Any, scope: Scope) -> None:
        self.name, self.state, self.given, self.scope = name, state, given, scope
        self.kind = state["Type"]
        self.is_jsonata = (state.get("QueryLanguage") or scope.language) == "JSONata"
        self.retries = 0
        self.token: str | None = None
        self._entered = responses.now_iso()
        self._entered_at = 0

    @property
    def trail(self) -> Trail:
        """Where the events of the state go."""
        return self.scope.trail

    def enter(self) -> None:
        """Write that the state was entered."""
        given = carried(fitting(self.given, self.name), "input")
        self._entered_at = self.trail.add(f"{self.kind}StateEntered", name=self.name, **given)

    def leave(self, output: Any) -> None:
        """Write that the state was left; raises when its output is too large."""
        said = carried(fitting(output, self.name), "output")
        self.trail.add(f"{self.kind}StateExited", name=self.name, **said)

    def context(self, item: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Compose the context object."""
        found = {
            **self.scope.run.context,
            "State": {
                "EnteredTime": self._entered,
                "Name": self.name,
                "RetryCount": self.retries,
            },
        }
        if self.token is not None:
            found["Task"] = {"Token": self.token}
        if (item := item or self.scope.item) is not None:
            found["Map"] = {"Item": dict(item)}
        return found

    def evaluate(self, template: Any, field: str, **known: Any) -> Any:
        """Evaluate a field of a JSONata state.

        ``known`` are the members of ``$states`` beside input and context. Raises `StateError`.
        """
        with self._explained():
            return expressions.evaluate({field: template}, self._known(known))[field]

    def first_that_holds(self, conditions: Sequence[Any]) -> tuple[int, Any]:
        """Find the first condition that is not false: its number, -1 if none, and its value."""
        with self._explained():
            return expressions.first_that_holds(conditions, self._known({}))

    def shape(self, holder: Mapping[str, Any], default: Any, **known: Any) -> Any:
        """Evaluate the output that a state, choice or catch has, then set what it assigns.

        None of the new values is known to an expression of the same holder.
        """
        wanted = {name: holder[name] for name in ("Output", "Assign") if name in holder}
        with self._explained():
            found = expressions.evaluate(wanted, self._known(known))
        assigned = found.get("Assign") or {}
        for name, value in assigned.items():
            fitting(value, f"{self.name} (variable {name})")
        self.scope.variables.update(assigned)
        return found.get("Output", default)

    def _known(self, known: dict[str, Any]) -> Mapping[str, Any]:
        context = known.pop("context", None) or self.context()
        states = {"input": self.given, "context": context, **known}
        return {**self.scope.variables, "states": states}

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except expressions.ExpressionError as error:
            said = {"error": expressions.ERROR, "cause": str(error), "location": error.where}
            self.trail.add("EvaluationFailed", state=self.name, **said)
            raise StateError(expressions.ERROR, self.at_fault(str(error))) from error

    def at_fault(self, cause: str) -> str:
        """Say of an error that no rule of the state can meet where it arose."""
        return (
            f"An error occurred while executing the state '{self.name}' "
            f"(entered at the event id #{self._entered_at}). {cause}"
        )


Perform = Callable[[Visit], Awaitable[Left]]
KINDS: dict[str, Perform] = {}  # what each type of state does; filled when it is installed


async def walk(flow: Mapping[str, Any], given: Any, scope: Scope) -> Any:
    """Go through a flow and return its output. Raises `StateError`."""
    following: str | None = flow["StartAt"]
    while following is not None:
        await asyncio.sleep(0)  # a flow that never waits must not hold up the others
        state = flow["States"].get(following)
        if state is None:
            raise StateError(RUNTIME, f"The state '{following}' does not exist")
        visit = Visit(following, state, given, scope)
        visit.enter()
        given, following = await KINDS[visit.kind](visit)
        visit.leave(given)
    return given
