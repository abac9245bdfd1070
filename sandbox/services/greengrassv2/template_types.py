"""AWS::GreengrassV2: versions of components, and deployments, as templates make them."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.core.emulator import ServiceError
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.greengrassv2 import components, deployments, service

Properties = Mapping[str, Any]
_DEPLOYMENT = {
    "TargetArn": "targetArn",
    "DeploymentName": "deploymentName",
    "ParentTargetArn": "parentTargetArn",
}


def install() -> None:
    """Teach CloudFormation the types; both are made anew rather than changed."""
    emulator.add_resource_type(
        "AWS::GreengrassV2::ComponentVersion",
        create=_create_component,
        update=_replaced(_create_component, _delete_component),
        delete=_delete_component,
    )
    emulator.add_resource_type(
        "AWS::GreengrassV2::Deployment",
        create=_create_deployment,
        update=_replaced(_create_deployment, _delete_deployment),
        delete=_delete_deployment,
    )


def _create_component(_logical_id: str, properties: Properties, _stack: str) -> Any:
    if properties.get("LambdaFunction"):
        raise ValueError("the sandbox makes no component of a LambdaFunction")
    recipe = str(properties["InlineRecipe"]).encode()
    made = _told(components.create_from, recipe, plain(properties.get("Tags") or {}))
    return made.arn, {
        "Arn": made.arn,
        "ComponentName": made.name,
        "ComponentVersion": made.version,
    }


def _create_deployment(_logical_id: str, properties: Properties, _stack: str) -> Any:
    request = {
        name: str(properties[given]) for given, name in _DEPLOYMENT.items() if properties.get(given)
    }
    for given, name in (
        ("Components", "components"),
        ("DeploymentPolicies", "deploymentPolicies"),
        ("IotJobConfiguration", "iotJobConfiguration"),
    ):
        if properties.get(given):
            request[name] = _in_small(plain(properties[given]), free=given == "Components")
    if labels := properties.get("Tags"):
        request["tags"] = plain(labels)
    _told(service.require_valid, "CreateDeployment", request)
    made = _told(deployments.create, request)["deploymentId"]
    return made, {"DeploymentId": made}


def _in_small(given: Any, *, free: bool = False) -> Any:
    """Spell members as the API does; ``free`` ones, such as names of components, stay."""
    if isinstance(given, list):
        return [_in_small(each) for each in given]
    if not isinstance(given, Mapping):
        return given
    return {
        name if free else name[:1].lower() + name[1:]: _in_small(value)
        for name, value in given.items()
    }


def _delete_component(arn: str, _properties: Properties) -> None:
    _deleted(components.delete, arn=arn)


def _delete_deployment(deployment_id: str, _properties: Properties) -> None:
    _deleted(deployments.delete, deploymentId=deployment_id)


def _replaced(create: Callable[..., Any], delete: Callable[..., None]) -> Callable[..., Any]:
    """Make the new one first; the old one goes, unless it is an active deployment's revision."""

    def update(physical_id: str, old: Properties, new: Properties, stack: str) -> Any:
        if plain(old) == plain(new):
            return physical_id, {}
        made = create("", new, stack)
        delete(physical_id, old)
        return made

    return update


def _told(run: Callable[..., Any], *given: Any) -> Any:
    try:
        return run(*given)
    except ServiceError as error:
        raise ValueError(
            f"{error.message} (Service: GreengrassV2, Status Code: {error.status})"
        ) from error


def _deleted(run: Callable[[dict[str, Any]], Any], **named: str) -> None:
    """Delete what is there; what is gone already is no error of a stack's."""
    try:
        run(named)
    except ServiceError as error:
        if error.status != 404:
            raise ValueError(error.message) from error
