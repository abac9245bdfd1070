"""Task: one call of AWS, of a function or of a worker, with its clocks and its history."""

import asyncio
import json
from typing import Any

from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import abandoned, attempts, callbacks, engine, fields, tokens
from sandbox.services.stepfunctions.failures import TIMEOUT, StateError
from sandbox.services.stepfunctions.flows import Left, Visit
from sandbox.services.stepfunctions.history import carried
from sandbox.services.stepfunctions.integrations import invoked
from sandbox.services.stepfunctions.payloads import as_text, fitting
from sandbox.services.stepfunctions.resources import Resource
from sandbox.services.stepfunctions.upstream import stepfunctions


async def perform(visit: Visit) -> Left:
    """Have a piece of work done."""
    work = Work(visit)
    return await attempts.persist(visit, work.attempt)


class Work:
    """The attempts of one task state."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.resource = Resource.of(visit.state["Resource"])
        self._events, self._named = "Task", dict[str, str]()
        if self.resource.is_function:
            self._events = "LambdaFunction"
        elif self.resource.is_activity:
            self._events = "Activity"
        else:
            self._named = {"resource": self.resource.name, "resourceType": self.resource.group}

    async def attempt(self) -> Any:
        """Do the work once and return its result. Raises `StateError`."""
        visit, pending = self.visit, None
        timeout = fields.number(visit, "TimeoutSeconds")
        heartbeat = fields.number(visit, "HeartbeatSeconds")
        if self.resource.is_callback or self.resource.is_activity:
            pending = tokens.Pending(timeout, heartbeat)
            visit.token = pending.token
        try:
            given = fields.arguments(visit)
            self._schedule(fitting(given, visit.name), timeout, heartbeat)
            if pending is None:
                return await self._call(given, timeout)
            return await self._wait(given, pending)
        finally:
            if pending is not None:
                tokens.take(pending.token)

    async def _call(self, given: Any, timeout: float | None) -> Any:
        self._say("Started")
        try:
            with abandoned.waiting():
                async with asyncio.timeout(timeout):
                    result = await self._invoke(given)
        except TimeoutError:
            raise self._failed(StateError(TIMEOUT)) from None
        except StateError as failure:
            raise self._failed(failure) from failure
        return self._succeeded(result)

    async def _wait(self, given: Any, pending: tokens.Pending) -> Any:
        settle = self._by_worker if self.resource.is_activity else self._by_callback
        try:
            output = await settle(given, pending)
        except StateError as failure:
            raise self._failed(failure) from failure
        return self._succeeded(json.loads(output))

    async def _by_worker(self, given: Any, pending: tokens.Pending) -> str:
        loop = asyncio.get_running_loop()

        def begin(worker: str | None) -> None:
            self._say("Started", workerName=worker)
            pending.begin()

        def started(worker: str | None) -> None:
            loop.call_soon_threadsafe(begin, worker)

        assignment = callbacks.Assignment(pending, as_text(given), started)
        callbacks.offer(self.resource.arn, assignment)
        return await pending.result()

    async def _by_callback(self, given: Any, pending: tokens.Pending) -> str:
        """Make the call, then wait for its token; a call that fails is not waited for."""
        self._say("Started")
        pending.begin()
        call = asyncio.ensure_future(self._submit(given))
        answer = asyncio.ensure_future(pending.result())
        try:
            await asyncio.wait({call, answer}, return_when=asyncio.FIRST_COMPLETED)
            if call.done():
                call.result()
            return await answer
        finally:
            call.cancel()
            answer.cancel()

    async def _submit(self, given: Any) -> None:
        output = carried(fitting(await self._invoke(given), self._who), "output")
        self._say("Submitted", **output)

    async def _invoke(self, given: Any) -> Any:
        call = stepfunctions._invoke_resource
        try:
            result = await engine.in_thread(call, self.resource.called, given)
        except stepfunctions._ExecutionError as error:
            raise StateError(error.error, error.cause or "") from error
        return invoked(result) if self.resource.is_invocation else result

    def _schedule(self, given: str, timeout: float | None, heartbeat: float | None) -> None:
        said: dict[str, Any] = {
            "timeoutInSeconds": None if timeout is None else int(timeout),
            "heartbeatInSeconds": None if heartbeat is None else int(heartbeat),
        }
        if self._named:
            self._say("Scheduled", region=responses.get_region(), parameters=given, **said)
        else:
            self._say("Scheduled", resource=self.resource.arn, **carried(given, "input"), **said)

    def _succeeded(self, result: Any) -> Any:
        try:
            output = fitting(result, self._who)
        except StateError as failure:
            raise self._failed(failure) from failure
        self._say("Succeeded", **carried(output, "output"))
        return result

    def _failed(self, failure: StateError) -> StateError:
        said = {"error": failure.error or None, "cause": failure.cause or None}
        self._say("TimedOut" if failure.error == TIMEOUT else "Failed", **said)
        return failure

    def _say(self, what: str, **details: Any) -> None:
        self.visit.trail.add(f"{self._events}{what}", **self._named, **details)

    @property
    def _who(self) -> str:
        return self.resource.arn if self.resource.is_function else self.resource.group
