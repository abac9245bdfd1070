"""While a container trains: its checkpoints go to S3, and a fault rule may take its instance."""

import threading
import time
from types import TracebackType

from sandbox.faults.occasions import BOOK
from sandbox.faults.rules import Rule
from sandbox.services.sagemaker.containers.objects import Store
from sandbox.services.sagemaker.containers.process import Container
from sandbox.services.sagemaker.training.jobs import TrainingJob

_BETWEEN_SECONDS = 0.1


class Watch:
    """Writes checkpoints as they come, and ends the container when its instance is wanted back.

    The process is killed without a word: AWS's toolkit does not pass on the signal that announces
    an interruption (`Managed Spot` in the README), so no script ever hears of it.
    """

    def __init__(
        self,
        job: TrainingJob,
        container: Container,
        store: Store,
        checkpoints: tuple[str, str] | None,
    ) -> None:
        self.has_struck = False
        self._job, self._container, self._store = job, container, store
        self._checkpoints = checkpoints
        self._sent: dict[str, str] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="training-watch", daemon=True)
        self._failure: Exception | None = None
        self._undecided = [
            rule
            for rule in BOOK.of("interrupt_spot")
            if job.is_spot and rule.given["interrupt_spot"] in job.name
        ]

    def __enter__(self) -> "Watch":
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if error is None:
            if self._failure is not None:
                raise self._failure
            if not self.has_struck:  # what was written since is lost with its instance
                self._sync()

    def _run(self) -> None:
        try:
            while not self._over.wait(_BETWEEN_SECONDS):
                self._sync()
                self._interrupt()
        except Exception as error:  # is told by whoever leaves the watch
            self._failure = error
            self._container.kill()

    def _sync(self) -> None:
        if self._checkpoints is not None:
            uri, local = self._checkpoints
            self._store.send(self._container.path(local), uri, self._sent)

    def _interrupt(self) -> None:
        for rule in [rule for rule in self._undecided if self._is_due(rule)]:
            self._undecided.remove(rule)
            if rule.strikes():
                self.has_struck = True
                self._container.kill()
                return

    def _is_due(self, rule: Rule) -> bool:
        seconds, files = rule.given.get("after_seconds", 0), rule.given.get("after_checkpoints", 0)
        return bool(time.monotonic() - self._began >= seconds and len(self._sent) >= files)
