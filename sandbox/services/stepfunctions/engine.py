"""The one event loop on which all executions live: a waiting execution costs no thread."""

import asyncio
import concurrent.futures
import contextvars
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sandbox.core import in_flight, passing_time
from sandbox.core.clock import CLOCK
from sandbox.services.stepfunctions.clock_loop import ClockLoop
from sandbox.services.stepfunctions.upstream import stepfunctions

T = TypeVar("T")

_started = threading.Lock()
_loop: ClockLoop | None = None


def loop() -> ClockLoop:
    """Return the loop of the executions; it starts with its first user."""
    global _loop
    with _started:
        if _loop is None:
            _loop = ClockLoop()
            passing_time.hurdle(_loop.caught_up)
            in_flight.watch("execution", _loop.busy)
            in_flight.watch_stirs(_loop.turns)
            CLOCK.watch(_loop.seconds_to_next)
            CLOCK.after_skip(_loop.wake)
            threading.Thread(target=_loop.run_forever, name="sandbox-states", daemon=True).start()
    return _loop


def launch(work: Coroutine[Any, Any, T]) -> "concurrent.futures.Future[T]":
    """Begin work on the loop, in the caller's account, Region and role."""
    return asyncio.run_coroutine_threadsafe(work, loop())


def abandon_all() -> None:
    """Stop all work, as when the emulator forgets everything."""
    running = loop()

    def stop() -> None:
        for task in asyncio.all_tasks(running):
            task.cancel()

    running.call_soon_threadsafe(stop)


async def in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """Run a call that blocks in a thread of its own; when nobody waits any more it runs on.

    A pool would let the calls that wait for others starve those that they wait for.
    """
    running = asyncio.get_running_loop()
    future: asyncio.Future[T] = running.create_future()

    def settle(settler: Callable[[Any], None], outcome: Any) -> None:
        if not future.done():
            settler(outcome)

    def counted() -> T:
        with in_flight.counted("call of an execution"):
            return call(*arguments)

    def work() -> None:
        try:
            result = context.run(counted)
        except BaseException as error:
            running.call_soon_threadsafe(settle, future.set_exception, error)
        else:
            running.call_soon_threadsafe(settle, future.set_result, result)

    context = contextvars.copy_context()
    threading.Thread(target=work, name="sandbox-states-call", daemon=True).start()
    return await future


async def together(works: list[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all at once. The first to fail stops the others, and its error is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        for task in asyncio.as_completed(tasks):
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]


async def pause(seconds: float) -> None:
    """Let a Wait or the time between retries pass, on the emulator's scale of time."""
    await asyncio.sleep(max(0.0, seconds * stepfunctions._SFN_WAIT_SCALE))
