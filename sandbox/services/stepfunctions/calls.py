"""What a task's resource may be, and whether the arguments written beside it fit the API."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.services.stepfunctions import sdk
from sandbox.services.stepfunctions.findings import INVALID, Problem
from sandbox.services.stepfunctions.resources import Resource


def of_task(state: Mapping[str, Any], where: str, kind: str, language: str) -> Iterator[Problem]:
    """List what is wrong with the call that a task makes."""
    arn = state.get("Resource")
    if not isinstance(arn, str) or arn.count(":") < 5:
        yield Problem(INVALID, f"the resource {arn!r} is not an ARN", f"{where}/Resource")
        return
    resource = Resource.of(arn)
    waits = resource.is_callback or resource.is_activity or ".sync" in resource.name
    if kind == "EXPRESS" and waits:
        message = f"Express machines do not support the resource {arn}"
        yield Problem(INVALID, message, f"{where}/Resource")
    if resource.sdk is None:
        return
    try:
        shape = sdk.api(resource.sdk[0]).operation(resource.sdk[1]).input_shape
    except KeyError:
        message = (
            f"The resource provided {arn} is not recognized. The value is not a valid resource "
            "ARN, or the resource is not available in this region."
        )
        yield Problem(INVALID, message, f"{where}/Resource")
        return
    field = "Arguments" if language == "JSONata" else "Parameters"
    given = state.get(field)
    if shape is None or not isinstance(given, dict):
        return
    for place, name in sdk.unknown_members(given, shape, f"{where}/{field}"):
        yield Problem(INVALID, f'The field "{name}" is not supported by Step Functions', place)
    names = {wire: name for name, wire in sdk.member_names(shape).items()}
    for wire in shape.required_members:
        free = shape.members[wire].metadata.get("idempotencyToken")
        if not free and not {names[wire], f"{names[wire]}.$"} & given.keys():
            message = f'The field "{names[wire]}" is required but was missing'
            yield Problem(INVALID, message, f"{where}/{field}")
