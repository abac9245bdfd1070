"""The types of states that our interpreter enters."""

from sandbox.core import in_flight
from sandbox.services.stepfunctions import branches, flows, simple, tasks
from sandbox.services.stepfunctions.runs import RUNNING


def install() -> None:
    """Teach the interpreter each type of state."""
    in_flight.watch("execution", lambda: len(RUNNING))
    flows.KINDS.update(
        Choice=simple.choose,
        Fail=simple.fail,
        Map=branches.each,
        Parallel=branches.parallel,
        Pass=simple.pass_on,
        Succeed=simple.succeed,
        Task=tasks.perform,
        Wait=simple.wait,
    )
