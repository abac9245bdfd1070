"""Distributed Map: a child execution for each item or batch, and what its Map Run counts."""

import asyncio
import uuid
from collections import ChainMap, deque
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import (
    batches,
    engine,
    executions,
    fields,
    items,
    open_map_runs,
    results,
)
from sandbox.services.stepfunctions.failures import StateError
from sandbox.services.stepfunctions.flows import Scope, Visit
from sandbox.services.stepfunctions.items import Item
from sandbox.services.stepfunctions.payloads import fitting
from sandbox.services.stepfunctions.runs import Run
from sandbox.services.stepfunctions.upstream import stepfunctions

EXCEEDED = "States.ExceedToleratedFailureThreshold"
AT_ONCE = 1000  # AWS runs 10,000; more than this helps nobody on one machine
_COUNTED = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timedOut"}
_COUNTS = (
    "pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten",
    "failuresNotRedrivable", "pendingRedrive",
)  # fmt: skip


def install() -> None:
    """Leave of the emulator's Map Run the place where the right to start children is asked for."""
    patching.replace(
        stepfunctions,
        "_run_distributed_map",
        _run_nothing,
        because="our interpreter runs the children; around it the right to start them is asked for",
    )


def _run_nothing(*_given: Any) -> None:
    return None


class Child:
    """One child execution: the items that it is for, its input, its run once it has begun."""

    def __init__(self, items: int, given: Any) -> None:
        self.items, self.given = items, given
        self.run: Run | None = None


class MapRun:
    """The attempts of one distributed Map state."""

    def __init__(self, visit: Visit, flow: Mapping[str, Any]) -> None:
        self.visit, self.flow = visit, flow
        self.kind = str((flow.get("ProcessorConfig") or {}).get("ExecutionType", "STANDARD"))
        self._children: list[Child] = []
        self._shown: dict[str, Any] = {}

    async def carry_out(self) -> Any:
        """Run all children once and return the state's result. Raises `StateError`."""
        trail = self.visit.trail
        await self._ask()
        found = None if "ItemReader" in self.visit.state else items.items_of(self.visit)
        trail.add("MapStateStarted", length=len(found or ()))
        self._open()
        trail.add("MapRunStarted", mapRunArn=self._shown["mapRunArn"])
        try:
            async with open_map_runs.opened():
                if found is None:
                    found = await items.read(self.visit)
                result = await self._work(found)
        except StateError as failure:
            self._close("FAILED")
            said = {"error": failure.error or None, "cause": failure.cause or None}
            trail.add("MapRunFailed", **said)
            trail.add("MapStateFailed", **said)
            raise
        except asyncio.CancelledError:
            self._close("ABORTED")
            raise
        self._close("SUCCEEDED")
        trail.add("MapRunSucceeded")
        trail.add("MapStateSucceeded")
        return result

    async def _ask(self) -> None:
        visit = self.visit
        record = visit.scope.run.record
        context, given = visit.context(), visit.given
        try:
            await engine.in_thread(
                stepfunctions._run_distributed_map,
                *(dict(visit.state), given, given, dict(self.flow), record, context),
            )
        except stepfunctions._ExecutionError as error:
            raise StateError(error.error, error.cause or "") from error

    def _open(self) -> None:
        visit, machine = self.visit, self.visit.scope.run.machine
        start, _, _ = machine.arn.rpartition(":stateMachine:")
        path = f"{machine.name}/{visit.state.get('Label') or uuid.uuid4()}"
        zero = dict.fromkeys(_COUNTS, 0)
        percentage = fields.number(visit, "ToleratedFailurePercentage", fraction=True)
        self._shown = {
            "mapRunArn": f"{start}:mapRun:{path}:{uuid.uuid4()}",
            "executionArn": visit.scope.run.arn,
            "status": "RUNNING",
            "startDate": responses.now_iso(),
            "maxConcurrency": int(fields.number(visit, "MaxConcurrency") or 0),
            "toleratedFailurePercentage": percentage or 0.0,
            "toleratedFailureCount": int(fields.number(visit, "ToleratedFailureCount") or 0),
            "itemCounts": dict(zero),
            "executionCounts": dict(zero),
            "redriveCount": 0,
            "_stateMachineArn": f"{start}:stateMachine:{path}",
        }
        self._by_count = fields.value(visit, "ToleratedFailureCount") is not None
        self._by_percentage = percentage is not None
        stepfunctions._map_runs[self._shown["mapRunArn"]] = self._shown

    async def _work(self, found: list[Item]) -> Any:
        inputs = (items.shaped(self.visit, item) for item in found)
        self._children = [Child(n, given) for n, given in batches.batched(self.visit, inputs)]
        self._count(self._children, "pending")
        self._count(self._children, "total")
        waiting, running = deque(self._children), set[asyncio.Task[Child]]()
        try:
            while waiting or running:
                while waiting and len(running) < (self._shown["maxConcurrency"] or AT_ONCE):
                    running.add(asyncio.ensure_future(self._start(waiting.popleft())))
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._end(task.result())
                if self._is_exceeded():
                    raise StateError(
                        EXCEEDED, "The specified tolerated failure threshold was exceeded"
                    )
        finally:
            await self._stop(running)
        return await results.collect(
            self.visit, self._shown, [c.run.record for c in self._children if c.run]
        )

    async def _start(self, child: Child) -> Child:
        parent = self.visit.scope.run
        child.run = run = executions.child_of(
            parent, self._shown, self.kind, fitting(child.given, self.visit.name)
        )
        self._move([child], "pending", "running")
        run.task = asyncio.current_task()
        # A child knows what its input says, and none of its parent's variables.
        scope = Scope(run, run.trail, self.visit.scope.language, ChainMap())
        await executions.carry_out(run, self.flow, scope)
        return child

    def _end(self, child: Child) -> None:
        status = child.run.record["status"] if child.run else "ABORTED"
        self._move([child], "running", _COUNTED.get(status, "aborted"))

    async def _stop(self, running: Iterable["asyncio.Task[Child]"]) -> None:
        tasks = list(running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for child in self._children:
            if child.run is not None and child.run.record["status"] == "RUNNING":
                child.run.abort()
        counts = self._shown["executionCounts"]
        if counts["running"] or counts["pending"]:
            for counted in (counts, self._shown["itemCounts"]):
                counted["aborted"] += counted["running"] + counted["pending"]
                counted["running"] = counted["pending"] = 0

    def _is_exceeded(self) -> bool:
        counts = self._shown["itemCounts"]
        failed = counts["failed"] + counts["timedOut"] + counts["aborted"]
        limits = []
        if self._by_count:
            limits.append(failed > self._shown["toleratedFailureCount"])
        if self._by_percentage:
            percentage = self._shown["toleratedFailurePercentage"]
            limits.append(failed * 100 > percentage * counts["total"])
        return any(limits) if limits else failed > 0

    def _close(self, status: str) -> None:
        self._shown["status"] = status
        self._shown["stopDate"] = responses.now_iso()

    def _move(self, children: list[Child], away: str, to: str) -> None:
        self._count(children, away, -1)
        self._count(children, to)

    def _count(self, children: list[Child], name: str, by: int = 1) -> None:
        self._shown["executionCounts"][name] += by * len(children)
        self._shown["itemCounts"][name] += by * sum(child.items for child in children)
