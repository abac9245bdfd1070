"""`cdk destroy`, which starts while the demo still plays, and waits for its end."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from demos import hand_over
from sandbox.host.client import Sandbox
from sandbox.host.deploy import Say


class Departure:
    """A removal of what was deployed from a folder's assembly, ready to begin.

    Without `now`, nothing is removed.
    """

    def __init__(self, sandbox: Sandbox, stacks: Sequence[str], folder: Path) -> None:
        self._folder, self._told = folder, list[Say]()
        self._aside = ThreadPoolExecutor(1)
        app = hand_over.app(folder, hand_over.PLAYED)
        self._done = self._aside.submit(sandbox.destroy, *stacks, app=app, say=self._tell)

    def now(self, say: Say) -> None:
        """Remove it, and wait until it is gone; raises SandboxError with what could not be."""
        self._told.append(say)
        hand_over.reached(self._folder, hand_over.PLAYED)
        self._done.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        hand_over.failed(self._folder)
        self._aside.shutdown()

    def _tell(self, line: str) -> None:
        for say in self._told:
            say(line)
