"""What a stage of the chain is. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.service_chain.stages.rights import NO_ACCESS, Access, Right
from stacks.shared.asl import States


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the chain: its states, the functions they invoke, and what else they may do.

    ``states`` is given the name of the state that comes after the stage; the first state of what
    it returns is where the stage begins. ``maps`` are the labels of the maps among them that run
    child executions. ``access`` and ``rights`` are for the role of the machine.
    """

    states: Callable[[str], States]
    functions: tuple[FunctionSpec, ...] = ()
    maps: tuple[str, ...] = ()
    access: Access = NO_ACCESS
    rights: tuple[Right, ...] = ()
