"""What serves behind an endpoint: back to what did before, and traffic to another variant."""

import uuid
from collections import Counter
from collections.abc import Mapping
from json import dumps
from typing import Any

from operations.outcome import OperationError, Outcome
from operations.stack import outputs_of

_SETTLED = "InService"


def rollback(session: Any, stack: str, *, dry_run: bool) -> dict[str, Outcome]:
    """Have the machine deploy the package that served before, as if it had just been approved.

    Beside a challenger, that is the champion alone. Raises OperationError where nothing served
    before, or its approval was taken back: then the machine would leave it alone.
    """
    outputs = of_hosting(session, stack)
    turn = turn_of(session, outputs)
    before = turn.get("package" if "challenger" in turn else "package_before", "")
    if not before:
        raise OperationError(
            f"nothing served behind {outputs['EndpointName']} before; approve a version instead"
        )
    return deploy(session, outputs, before, percent=0, why="rollback", dry_run=dry_run)


def deploy(
    session: Any,
    outputs: Mapping[str, str],
    package: str,
    *,
    percent: int,
    why: str,
    dry_run: bool,
) -> dict[str, Outcome]:
    """Have the machine deploy a package, beside the one that serves if it gets some percent.

    Raises OperationError where it is not approved: then the machine would leave it alone.
    """
    found = session.client("sagemaker").describe_model_package(ModelPackageName=package)
    if found["ModelApprovalStatus"] != "Approved":
        raise OperationError(
            f"{package} is {found['ModelApprovalStatus']}; approve it once more, which deploys it"
        )
    if not dry_run:
        told = {
            "detail": {
                "ModelPackageGroupName": found["ModelPackageGroupName"],
                "ModelPackageArn": package,
                "ModelApprovalStatus": "Approved",
                "ChallengerPercent": percent,
            },
        }
        session.client("stepfunctions").start_execution(
            stateMachineArn=outputs["DeployStateMachineArn"],
            name=f"{why}-{uuid.uuid4().hex}",
            input=dumps(told),
        )
    beside = f" beside the champion, with {percent} percent of the traffic" if percent else ""
    return {outputs["EndpointName"]: Outcome(Counter({f"deploy {package}{beside}": 1}))}


def shift(
    session: Any, stack: str, weights: Mapping[str, float], *, dry_run: bool
) -> dict[str, Outcome]:
    """Weigh variants anew, at once and without an update of the endpoint.

    Raises OperationError for variants that are not there, weights that let nobody answer, or an
    endpoint that is at work, which takes no weights.
    """
    outputs = of_hosting(session, stack)
    sagemaker, endpoint = session.client("sagemaker"), outputs["EndpointName"]
    described = sagemaker.describe_endpoint(EndpointName=endpoint)
    now = {v["VariantName"]: v.get("CurrentWeight", 0) for v in described["ProductionVariants"]}
    if set(weights) - set(now) or not any({**now, **weights}.values()):
        raise OperationError(
            f"weights are {dict(weights)}; allowed: of {', '.join(sorted(now))}, one of them above "
            "0; name each as VARIANT=WEIGHT"
        )
    if described["EndpointStatus"] != _SETTLED:
        raise OperationError(
            f"{endpoint} is {described['EndpointStatus']}; weights change while it is {_SETTLED}"
        )
    if not dry_run:
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=endpoint,
            DesiredWeightsAndCapacities=[
                {"VariantName": name, "DesiredWeight": weight} for name, weight in weights.items()
            ],
        )
    moved = {f"{name}: {now[name]:g} to {weight:g}": 1 for name, weight in weights.items()}
    return {endpoint: Outcome(Counter(moved))}


def weight_of(text: str) -> tuple[str, float]:
    """Read ``VARIANT=WEIGHT``; raises ValueError for anything else."""
    name, equals, weight = text.partition("=")
    if not name or not equals or not 0 <= float(weight) < float("inf"):
        raise ValueError(text)
    return name, float(weight)


def of_hosting(session: Any, stack: str) -> Mapping[str, str]:
    """Read the outputs of a stack that hosts; raises OperationError for another one."""
    outputs = outputs_of(session, stack)
    if "EndpointName" not in outputs:
        raise OperationError(f"{stack} hosts no model; name a stack that has an endpoint")
    return outputs


def turn_of(session: Any, outputs: Mapping[str, str]) -> Mapping[str, str]:
    """Read what the table of turns says of the endpoint; nothing where none was deployed."""
    key = {"entry": {"S": outputs["EndpointName"]}}
    found = session.client("dynamodb").get_item(TableName=outputs["TurnsTableName"], Key=key)
    return {name: value["S"] for name, value in found.get("Item", {}).items() if "S" in value}
