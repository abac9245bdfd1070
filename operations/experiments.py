"""A challenger beside the champion: how it comes, what is read of it, and who wins."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from operations.deployments import deploy, of_hosting, turn_of
from operations.outcome import OperationError, Outcome

HEADS = ("Measure", "Variant", "Requests", "Rate", "Interval", "Verdict")
_NOBODY = "no challenger stands beside the champion; begin with challenge STACK --package ARN"


def begin(
    session: Any, stack: str, package: str, percent: int, *, dry_run: bool
) -> dict[str, Outcome]:
    """Have an approved package stand beside the one that serves, with a share of the traffic.

    Raises OperationError where nothing serves yet, or for a share that is none.
    """
    outputs = of_hosting(session, stack)
    if not 1 <= percent <= 99:
        raise OperationError(f"the share is {percent} percent; allowed: 1 to 99; give --percent")
    if "package" not in turn_of(session, outputs):
        raise OperationError(f"nothing serves behind {outputs['EndpointName']}; approve a version")
    return deploy(session, outputs, package, percent=percent, why="challenge", dry_run=dry_run)


def end(session: Any, stack: str, winner: str, *, dry_run: bool) -> dict[str, Outcome]:
    """Have the winner alone serve all; raises OperationError where there is no experiment."""
    outputs = of_hosting(session, stack)
    turn = turn_of(session, outputs)
    packages = {"Champion": turn.get("package", ""), "Challenger": turn.get("challenger", "")}
    if not packages["Challenger"]:
        raise OperationError(_NOBODY)
    return deploy(session, outputs, packages[winner], percent=0, why="winner", dry_run=dry_run)


def readout(session: Any, stack: str) -> Mapping[str, Any]:
    """Read how the experiment is now; raises OperationError where there is none, or it fails."""
    outputs = of_hosting(session, stack)
    if "challenger" not in turn_of(session, outputs):
        raise OperationError(_NOBODY)
    reply = session.client("lambda").invoke(FunctionName=outputs["ReadExperimentFunctionName"])
    told: Mapping[str, Any] = json.loads(reply["Payload"].read())
    if "FunctionError" in reply:
        raise OperationError(
            f"it could not be read: {told.get('errorMessage', told)}; look at the function's log"
        )
    return told


def rows(told: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    """Lay a readout out: a row for each variant, and one for how far they are apart."""
    found = []
    for measure in told["measures"]:
        for variant in ("champion", "challenger"):
            seen = measure[variant]
            rate = "" if seen["rate"] is None else f"{seen['rate']:.4f}"
            found.append((measure["measure"], variant, str(seen["requests"]), rate, "", ""))
        between = told["error_rate"] / len(told["measures"])
        apart, interval = "", ""
        if measure["low"] is not None:
            apart = f"{measure['difference']:+.4f}"
            interval = f"{measure['low']:+.4f} to {measure['high']:+.4f} at {1 - between:.1%}"
        verdict = f"{measure['verdict']}: {measure['says']}"
        found.append((measure["measure"], "difference", "", apart, interval, verdict))
    return found


def conclusion(told: Mapping[str, Any]) -> str:
    """Say in a line whether it may stop."""
    ends = {
        "worse": "stop: the challenger is worse; challenge STACK --winner Champion",
        "better": "stop: the challenger is better; challenge STACK --winner Challenger",
        "alike": "stop: the variants do not differ by as much as is worth a decision",
    }
    left_out = f"; {told['unread']} records could not be read" if told["unread"] else ""
    return ends.get(told["verdict"], "go on") + left_out
