"""What the lake hands to others."""

from dataclasses import dataclass

from stacks.contracts import Events


@dataclass(frozen=True, slots=True)
class Offers:
    """The news that a run failed: ``run``, ``state``, ``error``."""

    run_failed: Events


def offers(*, stack_name: str) -> Offers:
    """Name what the stack of this name publishes."""
    return Offers(run_failed=Events(f"data_lake.{stack_name}", "Run Failed"))
