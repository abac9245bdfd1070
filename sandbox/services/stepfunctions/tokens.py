"""Task tokens: each is settled once, by its callback or by the clock, whichever comes first."""

import asyncio
import base64
import contextlib
import hashlib
import os
from collections.abc import Callable
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.stepfunctions import engine
from sandbox.services.stepfunctions.failures import TIMEOUT, StateError, heartbeat_missed

_LIVE: dict[str, "Pending"] = {}
_SALT_BYTES, _CHECK_BYTES = 480, 32


class Pending:
    """A task that waits for somebody with its token.

    Its clocks run from `begin` on: the whole time that the task may take, and the time that may
    pass without a heartbeat, both in seconds or None.
    """

    def __init__(self, timeout: float | None, heartbeat: float | None) -> None:
        self.token = new_token()
        self._timeout, self._heartbeat = timeout, heartbeat
        self._began: float | None = None
        self._beat = 0.0
        self._started = asyncio.Event()
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        _LIVE[self.token] = self

    def begin(self) -> None:
        """Start the clocks."""
        self._began = self._beat = CLOCK.monotonic()
        self._started.set()

    def beat(self) -> None:
        """Take a heartbeat, from any thread."""
        self._beat = CLOCK.monotonic()

    def answer(self, settle: Callable[["asyncio.Future[str]"], None]) -> None:
        """Settle the task, from any thread; only who took the token may."""

        def on_loop() -> None:
            if not self._answer.done():
                settle(self._answer)

        engine.loop().call_soon_threadsafe(on_loop)

    async def result(self) -> str:
        """Wait for the callback's output. Raises `StateError`."""
        try:
            while not self._answer.done():
                self._started.clear()
                remaining, failure = self._next()
                if remaining is not None and remaining <= 0 and take(self.token) is not None:
                    raise failure
                # Of a token that was taken in this very moment the answer is on its way.
                await self._something(None if remaining is None else max(remaining, 0.001))
            return self._answer.result()
        finally:
            take(self.token)

    async def _something(self, within: float | None) -> None:
        """Wait for the answer, for the start of the clocks, or for as many seconds."""
        start: asyncio.Future[Any] = asyncio.ensure_future(self._started.wait())
        answer: asyncio.Future[Any] = self._answer
        try:
            await asyncio.wait({start, answer}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            start.cancel()

    def _next(self) -> tuple[float | None, StateError]:
        """Return the seconds to the next deadline, and what happens then."""
        if self._began is None:
            return None, StateError(TIMEOUT)
        now, ends = CLOCK.monotonic(), []
        if self._timeout is not None:
            ends.append((self._began + self._timeout - now, StateError(TIMEOUT)))
        if self._heartbeat is not None:
            ends.append((self._beat + self._heartbeat - now, heartbeat_missed()))
        return min(ends, key=lambda end: end[0]) if ends else (None, StateError(TIMEOUT))


def take(token: str) -> Pending | None:
    """Take a token out of use; None when it was used before or its time is over."""
    return _LIVE.pop(token, None)


def find(token: str) -> Pending | None:
    """Look at a token that is in use."""
    return _LIVE.get(token)


def forget() -> None:
    """Drop all tokens."""
    _LIVE.clear()


def new_token() -> str:
    """Make a token as long as AWS's, in which a typing error is noticed."""
    salt = os.urandom(_SALT_BYTES)
    return base64.b64encode(salt + hashlib.sha256(salt).digest()).decode()


def is_token(text: Any) -> bool:
    """Tell whether a text was ever a token."""
    with contextlib.suppress(ValueError):
        raw = base64.b64decode(str(text), validate=True)
        salt, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        return len(salt) == _SALT_BYTES and hashlib.sha256(salt).digest() == check
    return False
