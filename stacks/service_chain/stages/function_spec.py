"""A function of the chain, before it is made. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stacks.service_chain.stages.rights import NO_ACCESS, Access

SMALL_MIB, LARGE_MIB = 256, 1769  # with the larger one comes a whole processor


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A function, known to state machines by its name, which runs ``service_chain.<entry>``."""

    name: str
    entry: str
    timeout_seconds: int
    memory_mib: int = SMALL_MIB
    environment: Mapping[str, str] = field(default_factory=dict)
    access: Access = NO_ACCESS
