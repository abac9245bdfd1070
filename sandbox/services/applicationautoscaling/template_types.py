"""Scalable targets and scaling policies of templates, made by the operations of the API."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.core.emulator import ServiceError
from sandbox.services.applicationautoscaling.service import SCALING
from sandbox.services.applicationautoscaling.targets import DIMENSION, NAMESPACE
from sandbox.services.cloudformation.template_values import fitted
from sandbox.services.cloudformation.unread_properties import plain

Properties = Mapping[str, Any]
Made = tuple[str, Properties]
_SERVICE = "application-autoscaling"
_PREFIX = "AWS::ApplicationAutoScaling::"


def install() -> None:
    """Teach CloudFormation the types."""
    emulator.add_resource_type(
        f"{_PREFIX}ScalableTarget", create=_register, update=_reregister, delete=_deregister
    )
    emulator.add_resource_type(
        f"{_PREFIX}ScalingPolicy", create=_put, update=_put_anew, delete=_delete
    )


def _register(_logical_id: str, properties: Properties, _stack: str) -> Made:
    given = plain(dict(properties))
    if given.pop("ScheduledActions", None):
        raise ValueError("the sandbox does not carry ScheduledActions of a template's target")
    given.pop("RoleARN", None)  # as AWS does: it takes the service-linked role
    asked = fitted(_SERVICE, "RegisterScalableTarget", given)
    reply = _called(SCALING.register, asked)
    return _id(asked), {"Id": _id(asked), "ScalableTargetARN": reply["ScalableTargetARN"]}


def _reregister(physical_id: str, _old: Properties, new: Properties, stack: str) -> Made:
    return _register(physical_id, new, stack)


def _deregister(physical_id: str, _properties: Properties) -> None:
    resource, dimension, namespace = physical_id.split("|")
    _gone(
        SCALING.deregister,
        {"ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace},
    )


def _put(_logical_id: str, properties: Properties, _stack: str) -> Made:
    given = plain(dict(properties))
    if target := given.pop("ScalingTargetId", None):
        resource, dimension, namespace = str(target).split("|")
        given |= {
            "ResourceId": resource,
            "ScalableDimension": dimension,
            "ServiceNamespace": namespace,
        }
    arn = _called(SCALING.put_policy, fitted(_SERVICE, "PutScalingPolicy", given))["PolicyARN"]
    return str(arn), {"Arn": arn}


def _put_anew(physical_id: str, _old: Properties, new: Properties, stack: str) -> Made:
    return _put(physical_id, new, stack)


def _delete(physical_id: str, _properties: Properties) -> None:
    _, _, rest = physical_id.partition(f":resource/{NAMESPACE}/")
    resource, _, name = rest.partition(":policyName/")
    _gone(
        SCALING.delete_policy,
        {
            "PolicyName": name,
            "ResourceId": resource,
            "ScalableDimension": DIMENSION,
            "ServiceNamespace": NAMESPACE,
        },
    )


def _id(asked: Properties) -> str:
    return "|".join(
        str(asked[name]) for name in ("ResourceId", "ScalableDimension", "ServiceNamespace")
    )


def _called(run: Callable[[Any], Any], given: Any) -> Any:
    try:
        return run(given)
    except ServiceError as error:
        raise ValueError(
            f"{error.message} (Service: ApplicationAutoScaling, Status Code: 400)"
        ) from error


def _gone(run: Callable[[Any], Any], given: Any) -> None:
    try:
        run(given)
    except ServiceError as error:
        if error.code != "ObjectNotFoundException":
            raise ValueError(error.message) from error
