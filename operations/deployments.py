"""What serves behind an endpoint: back to what did before, and traffic to another variant."""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from json import dumps
from typing import Any

from operations.outcome import OperationError, Outcome
from operations.stack import outputs_of

_SETTLED = "InService"


def rollback(session: Any, stack: str, *, dry_run: bool) -> dict[str, Outcome]:
    """Have the machine deploy the package that served before, as if it had just been approved.

    Raises OperationError where nothing served before, or its approval was taken back: then the
    machine would leave it alone.
    """
    outputs = _of_hosting(session, stack)
    items = session.client("dynamodb").scan(TableName=outputs["TurnsTableName"])["Items"]
    before = next((i["package_before"]["S"] for i in items if "package_before" in i), "")
    if not before:
        raise OperationError(
            f"nothing served behind {outputs['EndpointName']} before; approve a version instead"
        )
    package = session.client("sagemaker").describe_model_package(ModelPackageName=before)
    if package["ModelApprovalStatus"] != "Approved":
        raise OperationError(
            f"{before} is {package['ModelApprovalStatus']}; approve it once more, which deploys it"
        )
    done = Outcome(Counter({f"deploy {before}": 1}))
    if not dry_run:
        told = {
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "detail": {
                "ModelPackageGroupName": package["ModelPackageGroupName"],
                "ModelPackageArn": before,
                "ModelApprovalStatus": "Approved",
            },
        }
        session.client("stepfunctions").start_execution(
            stateMachineArn=outputs["DeployStateMachineArn"],
            name=f"rollback-{uuid.uuid4().hex}",
            input=dumps(told),
        )
    return {outputs["EndpointName"]: done}


def shift(
    session: Any, stack: str, weights: Mapping[str, float], *, dry_run: bool
) -> dict[str, Outcome]:
    """Weigh variants anew, at once and without an update of the endpoint.

    Raises OperationError for variants that are not there, weights that let nobody answer, or an
    endpoint that is at work, which takes no weights.
    """
    outputs = _of_hosting(session, stack)
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


def _of_hosting(session: Any, stack: str) -> Mapping[str, str]:
    outputs = outputs_of(session, stack)
    if "EndpointName" not in outputs:
        raise OperationError(f"{stack} hosts no model; name a stack that has an endpoint")
    return outputs
