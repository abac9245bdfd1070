"""What an architecture brings for its demo; ``runner`` does the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from demos.report.sections import Report
from demos.stage import Stage
from sandbox.host.client import Sandbox

Inputs = TypeVar("Inputs")
# Both keys of deletion: what a demo deploys holds nothing that anybody would miss.
DISPOSABLE = {
    "removal.data_is_disposable": "true",
    "removal.destroy_deletes_data": "true",
}


def _nothing(_: Sandbox) -> None:
    """Most demos use nothing that takes long to start."""


@dataclass(frozen=True, slots=True)
class Demo(Generic[Inputs]):
    """The stacks, their settings, and its steps.

    ``warm_up`` is called as soon as there is a sandbox, before anything is deployed to it.
    ``prepare`` makes the inputs while the stacks are deployed. ``play`` sends them through and
    reports what came out: checks and neutral blocks, which the runner prints and writes as a page.
    """

    stacks: tuple[str, ...]
    context: Mapping[str, str]
    prepare: Callable[[], Inputs]
    play: Callable[[Sandbox, Stage, Inputs], Report]
    warm_up: Callable[[Sandbox], None] = _nothing
