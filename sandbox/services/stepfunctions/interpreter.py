"""The types of states that our interpreter enters."""

from sandbox.services.stepfunctions import branches, flows, simple, tasks


def install() -> None:
    """Teach the interpreter each type of state."""
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
