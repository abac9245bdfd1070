"""`cdk destroy`, which starts while the demo still plays, and waits for its end."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from demos import hand_over
from sandbox.host.client import Sandbox
from sandbox.host.deploy import Say


@contextmanager
def departure(
    sandbox: Sandbox, stacks: Sequence[str], folder: Path
) -> Iterator[Callable[[Say], None]]:
    """Have the removal of what was deployed from a folder's assembly ready to begin.

    Gives a function that removes it, and takes the news: it waits until all is gone, and raises
    SandboxError with what could not be. If that is not called, nothing is removed.
    """
    told: list[Say] = []

    def tell(line: str) -> None:
        for say in told:
            say(line)

    with ThreadPoolExecutor(1) as aside:
        app = hand_over.app(folder, hand_over.PLAYED)
        done = aside.submit(sandbox.destroy, *stacks, app=app, say=tell)

        def now(say: Say) -> None:
            told.append(say)
            hand_over.reached(folder, hand_over.PLAYED)
            done.result()

        try:
            yield now
        finally:
            hand_over.failed(folder)
