"""An inspection that is at work while CDK and the packs run in Node."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from guardrails.assembly import TemplateFile
from guardrails.template_plugin import Inspect, Templates, Violation


@cache
def worker(name: str) -> ThreadPoolExecutor:
    """Return the one thread of that name in this process."""
    return ThreadPoolExecutor(1, name)


class Ahead:
    """Inspects each template in a thread as soon as it is read; calling it waits for the end.

    Node is waited for without Python's lock, so this costs no time as long as plug-ins that work
    in Node are asked first.
    """

    def __init__(self, name: str, inspect: Inspect, templates: Templates) -> None:
        self._worker, self._inspect = worker(name), inspect
        self._found: dict[Path, Future[list[Violation]]] = {}
        templates.when_read(self._start)

    def __call__(self, file: TemplateFile) -> Iterable[Violation]:
        """Return what was found in a template, or raise what stopped the inspection."""
        return self._found[file.path].result()

    def _start(self, file: TemplateFile) -> None:
        self._found[file.path] = self._worker.submit(lambda: list(self._inspect(file)))
