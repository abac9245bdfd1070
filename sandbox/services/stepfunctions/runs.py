"""One execution while it runs: the machine that it follows, its record, how it ends."""

import asyncio
import contextvars
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import engine, logs, metrics
from sandbox.services.stepfunctions.failures import TIMEOUT, StateError
from sandbox.services.stepfunctions.history import Event, History, Trail, carried
from sandbox.services.stepfunctions.upstream import stepfunctions

EXPRESS_SECONDS = 300.0  # no EXPRESS execution may take longer
RUNNING: dict[str, "Run"] = {}
_ENDINGS = {
    "SUCCEEDED": "ExecutionSucceeded",
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}


@dataclass(frozen=True)
class Machine:
    """A state machine as it was when the execution started."""

    arn: str
    name: str
    kind: str
    role_arn: str
    definition: Mapping[str, Any]
    logging: logs.Destination

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Machine":
        """Read the emulator's record of a machine."""
        return cls(
            stored["stateMachineArn"],
            stored["name"],
            stored["type"],
            stored["roleArn"],
            json.loads(stored["definition"]),
            logs.Destination.of(stored.get("loggingConfiguration")),
        )


def seconds_allowed(kind: str, definition: Mapping[str, Any]) -> float | None:
    """Return how long an execution may take, None for no limit."""
    asked = definition.get("TimeoutSeconds")
    if kind == "EXPRESS":
        return min(float(asked or EXPRESS_SECONDS), EXPRESS_SECONDS)
    return None if asked is None else float(asked)


class Run:
    """An execution: of a machine, or of a Distributed Map's flow as the child of one."""

    def __init__(
        self, record: dict[str, Any], machine: Machine, kind: str, *, is_child: bool = False
    ) -> None:
        self.record, self.machine, self.kind = record, machine, kind
        self.is_child = is_child
        self.task: asyncio.Task[Any] | None = None
        self._closing, self._began = threading.Lock(), CLOCK.monotonic()
        self._over = threading.Event()
        self._history = History(record["events"], self._log, kept=kind == "STANDARD")
        self.trail = Trail(self._history)
        started = carried(record["input"], "input")
        self._history.add("ExecutionStarted", {**started, "roleArn": machine.role_arn}, 0)
        RUNNING[self.arn] = self
        if not is_child:
            metrics.started(machine.arn)
        self._announce()

    @property
    def arn(self) -> str:
        """The execution's ARN."""
        return str(self.record["executionArn"])

    @cached_property
    def context(self) -> dict[str, Any]:
        """What the context object says of the execution and its machine."""
        return {
            "Execution": {
                "Id": self.arn,
                "Input": json.loads(self.record["input"]),
                "Name": self.record["name"],
                "RoleArn": self.machine.role_arn,
                "StartTime": self.record["startDate"],
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": self.record["stateMachineArn"], "Name": self.machine.name},
        }

    def succeed(self, output: str) -> None:
        """End with an output."""
        self._close("SUCCEEDED", carried(output, "output"), {"output": output})

    def fail(self, failure: StateError) -> None:
        """End with an error."""
        said = {"error": failure.error or None, "cause": failure.cause or None}
        self._close("FAILED", said, said)

    def time_out(self) -> None:
        """End because the execution took too long; AWS names the error in the history only."""
        self._close("TIMED_OUT", {"error": TIMEOUT}, {}, after=0)

    def abort(self, error: str | None = None, cause: str | None = None) -> None:
        """End by order of somebody, from any thread."""
        said = {"error": error or None, "cause": cause or None}
        self._close("ABORTED", said, said, after=0)
        task = self.task
        if task is not None:
            engine.loop().call_soon_threadsafe(task.cancel)

    def wait(self) -> None:
        """Wait until the execution has ended, from a thread that may."""
        self._over.wait()

    def forget(self) -> None:
        """End without a word, because the emulator forgets all it had."""
        with self._closing:
            self.record["status"] = "ABORTED"
        self._over.set()

    def _close(
        self,
        status: str,
        details: Mapping[str, Any],
        shown: Mapping[str, Any],
        *,
        after: int | None = None,
    ) -> None:
        with self._closing:
            if self.record["status"] != "RUNNING":
                return
            self._history.end(
                _ENDINGS[status], details, self.trail.last if after is None else after
            )
            self.record.update(shown)
            self.record["stopDate"] = responses.now_iso()
            if not self.is_child:
                metrics.ended(self.machine.arn, status, CLOCK.monotonic() - self._began)
            self.record["status"] = status  # last: who sees the end may look at all the rest
        RUNNING.pop(self.arn, None)
        self._over.set()
        self._announce()

    def _announce(self) -> None:
        """Tell EventBridge, whose targets may take their time."""
        if self.kind == "STANDARD" and not self.is_child:
            context, emit = contextvars.copy_context(), stepfunctions._emit_execution_status_event
            told = dict(self.record)
            threading.Thread(target=context.run, args=(emit, told), daemon=True).start()

    def _log(self, event: Event) -> None:
        logs.write(self.machine.logging, self.machine.name, self.record, event)
