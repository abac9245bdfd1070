"""AWS::SageMaker: pipelines and groups of model packages, as templates make them."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.sagemaker import names, tags
from sandbox.services.sagemaker.pipelines import service as pipelines
from sandbox.services.sagemaker.registry import groups

Properties = Mapping[str, Any]
_PIPELINE = ("PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration")


def install() -> None:
    """Teach CloudFormation the types."""
    emulator.add_resource_type(
        "AWS::SageMaker::Pipeline",
        create=_create_pipeline,
        update=_update_pipeline,
        delete=lambda name, _properties: _deleted(pipelines.delete, PipelineName=name),
    )
    emulator.add_resource_type(
        "AWS::SageMaker::ModelPackageGroup",
        create=_create_group,
        update=_update_group,
        delete=lambda arn, _properties: _deleted(groups.delete, ModelPackageGroupName=arn),
    )


def _create_pipeline(_logical_id: str, properties: Properties, _stack: str) -> Any:
    name = str(properties["PipelineName"])
    request = _pipeline_request(properties)
    token = {"ClientRequestToken": responses.new_uuid()}
    _told(pipelines.create, {**request, **token, "Tags": plain(properties.get("Tags") or [])})
    return name, {}


def _update_pipeline(name: str, old: Properties, new: Properties, stack: str) -> Any:
    if new["PipelineName"] != name:
        made = _create_pipeline("", new, stack)
        _deleted(pipelines.delete, PipelineName=name)
        return made
    _told(pipelines.update, _pipeline_request(new))
    _retag(names.arn("pipeline", name), old, new)
    return name, {}


def _pipeline_request(properties: Properties) -> dict[str, Any]:
    """Spell a template's pipeline as the API does."""
    given = properties["PipelineDefinition"]
    request = {"PipelineName": str(properties["PipelineName"])}
    request |= {name: plain(properties[name]) for name in _PIPELINE if properties.get(name)}
    if body := given.get("PipelineDefinitionBody"):
        return {**request, "PipelineDefinition": body}
    place = given.get("PipelineDefinitionS3Location") or {}
    location = {"Bucket": place.get("Bucket"), "ObjectKey": place.get("Key")}
    if version := place.get("Version"):
        location["VersionId"] = version
    return {**request, "PipelineDefinitionS3Location": location}


def _create_group(_logical_id: str, properties: Properties, _stack: str) -> Any:
    name = str(properties["ModelPackageGroupName"])
    request = {
        "ModelPackageGroupName": name,
        "ModelPackageGroupDescription": properties.get("ModelPackageGroupDescription") or "",
        "Tags": plain(properties.get("Tags") or []),
    }
    arn = _told(groups.create, request)["ModelPackageGroupArn"]
    if policy := properties.get("ModelPackageGroupPolicy"):
        groups.found(name).policy = str(plain(policy))
    return arn, _of_group(arn)


def _update_group(arn: str, old: Properties, new: Properties, stack: str) -> Any:
    for name in ("ModelPackageGroupName", "ModelPackageGroupDescription"):
        if plain(old).get(name) != new.get(name):
            raise ValueError(f"the sandbox does not replace a model package group for its {name}")
    if policy := new.get("ModelPackageGroupPolicy"):
        groups.found(arn).policy = str(plain(policy))
    _retag(arn, old, new)
    return arn, _of_group(arn)


def _of_group(arn: str) -> dict[str, Any]:
    group = groups.found(arn)
    return {
        "ModelPackageGroupArn": arn,
        "ModelPackageGroupStatus": "Completed",
        "CreationTime": str(group.created),
    }


def _retag(arn: str, old: Properties, new: Properties) -> None:
    wanted = plain(new.get("Tags") or [])
    if plain(old).get("Tags") != wanted:
        tags.drop(arn)
        tags.put(arn, wanted)


def _told(run: Callable[[dict[str, Any]], Any], request: dict[str, Any]) -> Any:
    try:
        return run(request)
    except ServiceError as error:
        raise ValueError(f"{error.message} (Service: SageMaker, Status Code: 400)") from error


def _deleted(run: Callable[[dict[str, Any]], Any], **named: str) -> None:
    """Delete what is there; what is gone already is no error of a stack's."""
    try:
        run(named)
    except ServiceError as error:
        if "does not exist" not in error.message:
            raise ValueError(error.message) from error
