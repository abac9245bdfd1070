"""Step Functions: AWS's own state language, clocks, limits, callbacks and history."""

from sandbox.services.stepfunctions import (
    branches,
    callbacks,
    definitions,
    executions,
    flows,
    integrations,
    map_runs,
    requests,
    simple,
    starting,
    tasks,
)

_PARTS = (definitions, executions, starting, requests, callbacks, integrations, map_runs)


def install() -> None:
    """Put our interpreter in the place of the emulator's."""
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
    for part in _PARTS:
        part.install()
