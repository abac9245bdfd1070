"""Parallel and inline Map: flows inside an execution, the first failure of which stops the rest."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sandbox.services.stepfunctions import attempts, engine, fields, map_runs
from sandbox.services.stepfunctions.failures import StateError
from sandbox.services.stepfunctions.flows import Left, Visit, walk
from sandbox.services.stepfunctions.items import Item, items_of, shaped

INLINE_AT_ONCE = 40  # as many iterations as AWS runs at a time, whatever MaxConcurrency says


async def parallel(visit: Visit) -> Left:
    """Run all branches on the same input; the result is the list of their outputs."""

    async def attempt() -> Any:
        given = fields.arguments(visit)
        visit.trail.add("ParallelStateStarted")
        scopes = [visit.scope.inner() for _ in visit.state["Branches"]]
        try:
            results = await engine.together(
                [
                    walk(branch, given, scope)
                    for branch, scope in zip(visit.state["Branches"], scopes, strict=True)
                ]
            )
        except StateError as failure:
            visit.trail.add("ParallelStateFailed", **_said(failure))
            raise
        visit.trail.last = max([visit.trail.last, *(scope.trail.last for scope in scopes)])
        visit.trail.add("ParallelStateSucceeded")
        return results

    return await attempts.persist(visit, attempt)


async def each(visit: Visit) -> Left:
    """Run a flow for each item: here, or in child executions when it is distributed."""
    flow = visit.state.get("ItemProcessor") or visit.state["Iterator"]
    if (flow.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
        return await attempts.persist(visit, map_runs.MapRun(visit, flow).carry_out)
    return await attempts.persist(visit, lambda: _inline(visit, flow))


async def _inline(visit: Visit, flow: Mapping[str, Any]) -> Any:
    items = items_of(visit)
    visit.trail.add("MapStateStarted", length=len(items))
    wanted = int(fields.number(visit, "MaxConcurrency") or INLINE_AT_ONCE)
    gate = asyncio.Semaphore(min(wanted, INLINE_AT_ONCE))

    async def iterate(item: Item) -> Any:
        async with gate:
            given = shaped(visit, item)
            scope = visit.scope.inner(item.context)
            said = {"name": visit.name, "index": item.index}
            scope.trail.add("MapIterationStarted", **said)
            try:
                output = await walk(flow, given, scope)
            except StateError:
                scope.trail.add("MapIterationFailed", **said)
                raise
            scope.trail.add("MapIterationSucceeded", **said)
            visit.trail.last = max(visit.trail.last, scope.trail.last)
            return output

    try:
        results = await engine.together([iterate(item) for item in items])
    except StateError as failure:
        visit.trail.add("MapStateFailed", **_said(failure))
        raise
    visit.trail.add("MapStateSucceeded")
    return results


def _said(failure: StateError) -> dict[str, Any]:
    return {"error": failure.error or None, "cause": failure.cause or None}
