"""What an architecture brings for its demo; ``runner`` does the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.console import Console

from demos.results import Results
from demos.stage import Stage
from sandbox.host.client import Sandbox

Input = TypeVar("Input")
Found = TypeVar("Found", bound=Results)
# Both keys of deletion: what a demo deploys holds nothing that anybody would miss.
DISPOSABLE = {
    "removal.data_is_disposable": "true",
    "removal.destroy_deletes_data": "true",
}


@dataclass(frozen=True, slots=True)
class Demo(Generic[Input, Found]):
    """The stacks, their settings, and five steps.

    ``prepare`` makes the input while the stacks are deployed. ``play`` sends it through and gives
    the results. ``problems`` says what came out wrong; nothing is good. ``show`` prints for the
    terminal, ``report`` writes one HTML page, once the phases are known.
    """

    stacks: tuple[str, ...]
    context: Mapping[str, str]
    prepare: Callable[[], Input]
    play: Callable[[Sandbox, Stage, Input], Found]
    problems: Callable[[Found], Sequence[str]]
    show: Callable[[Console, Found], None]
    report: Callable[[Found], str]
