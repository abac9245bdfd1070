"""What a request to SageMaker is about, and what policies may ask of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.iam import condition_keys, further_rights, request_resources
from sandbox.iam.further_rights import Request, Right
from sandbox.services.sagemaker.names import arn

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
# The member of a request that names its resource, and what kind that is.
_KINDS = {
    "TrainingJobName": "training-job",
    "ProcessingJobName": "processing-job",
    "TransformJobName": "transform-job",
    "HyperParameterTuningJobName": "hyper-parameter-tuning-job",
    "PipelineName": "pipeline",
    "ModelPackageGroupName": "model-package-group",
    "ModelName": "model",
    "EndpointConfigName": "endpoint-config",
    "EndpointName": "endpoint",
    "ModelCardName": "model-card",
}
_ARNS = ("ResourceArn", "PipelineExecutionArn", "ModelPackageArn", "Arn")
_LISTING = "ListModelPackages"  # of a group, and yet on its packages
_PACKAGES = ("DescribeModelPackage", "DeleteModelPackage")
_ENDPOINTS = ("CreateEndpoint", "UpdateEndpoint", "InvokeEndpoint", "InvokeEndpointAsync")


def install() -> None:
    """Tell IAM of resources, of condition keys and of the right to tag what is made."""
    request_resources.tell("sagemaker", resource)
    condition_keys.tell("sagemaker", _conditions)
    further_rights.need(_further)


def resource(action: str, request: Mapping[str, Any]) -> str | None:
    """Tell which resource an action is on; None for one on any."""
    if action == _LISTING and request.get("ModelPackageGroupName"):
        return arn("model-package", f"{request['ModelPackageGroupName']}/*")
    if action in _ENDPOINTS and request.get("EndpointName"):
        return arn("endpoint", str(request["EndpointName"]))
    if action in _PACKAGES and request.get("ModelPackageName"):
        return arn("model-package", str(request["ModelPackageName"]))
    for name in _ARNS:
        if isinstance(request.get(name), str):
            return str(request[name])
    for name, kind in _KINDS.items():
        if isinstance(request.get(name), str) and request[name]:
            return arn(kind, str(request[name]))
    return None


def _further(request: Request) -> Iterator[Right]:
    """Ask who makes something with tags for the right to tag it; an endpoint needs its config."""
    if not request.action.startswith(("sagemaker:Create", "sagemaker:UpdateEndpoint")):
        return
    given = _parsed(request.body)
    action = request.action.partition(":")[2]
    if given.get("Tags") and (found := resource(action, given)):
        yield Right("sagemaker:AddTags", found, _of_tags(given["Tags"]))
    if action in ("CreateEndpoint", "UpdateEndpoint") and given.get("EndpointConfigName"):
        yield Right(request.action, arn("endpoint-config", str(given["EndpointConfigName"])))


def _of_tags(tags: Any) -> Mapping[str, Any]:
    try:
        found = {str(tag["Key"]): str(tag["Value"]) for tag in tags}
    except (TypeError, KeyError):
        return {}  # the service itself says what is wrong with the request
    named = {f"aws:RequestTag/{name}": value for name, value in found.items()}
    return {"aws:TagKeys": list(found), **named}


def _conditions(action: str, body: bytes, _params: Mapping[str, Any]) -> Mapping[str, Any]:
    if not action.startswith(("sagemaker:Create", "sagemaker:Update")):
        return {}
    found = {name: value for name, value in _values(_parsed(body)) if value is not None}
    return {f"sagemaker:{name}": value for name, value in found.items()}


def _values(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Name the values of condition keys; training says them at its top, processing below."""
    network = _in(request, "NetworkConfig") or request
    cluster = (
        _in(request, "ResourceConfig")
        or _in(_in(request, "ProcessingResources"), "ClusterConfig")
        or _in(request, "TransformResources")
    )
    output = (
        _in(request, "OutputDataConfig")
        or _in(request, "ProcessingOutputConfig")
        or _in(request, "TransformOutput")
    )
    vpc = _in(network, "VpcConfig")
    yield "VolumeKmsKey", cluster.get("VolumeKmsKeyId") or request.get("KmsKeyId")
    yield "OutputKmsKey", output.get("KmsKeyId")
    yield "NetworkIsolation", _truth(network.get("EnableNetworkIsolation"))
    yield (
        "InterContainerTrafficEncryption",
        _truth(network.get("EnableInterContainerTrafficEncryption")),
    )
    yield "VpcSubnets", vpc.get("Subnets")
    yield "VpcSecurityGroupIds", vpc.get("SecurityGroupIds")
    yield "MaxRuntimeInSeconds", _text(_in(request, "StoppingCondition").get("MaxRuntimeInSeconds"))
    yield "KeepAlivePeriod", _text(cluster.get("KeepAlivePeriodInSeconds"))
    yield "EnableRemoteDebug", _truth(_in(request, "RemoteDebugConfig").get("EnableRemoteDebug"))
    yield "ModelApprovalStatus", request.get("ModelApprovalStatus")
    yield "PipelineVersionId", _text(request.get("PipelineVersionId"))
    variants = request.get("ProductionVariants") or ()
    kinds = [each.get("InstanceType") for each in (cluster, *variants) if isinstance(each, dict)]
    yield "InstanceTypes", [kind for kind in kinds if kind] or None
    for name, value in _in(request, "CustomerMetadataProperties").items():
        yield f"CustomerMetadataProperties/{name}", value


def _in(request: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = request.get(name)
    return found if isinstance(found, dict) else {}


def _truth(value: Any) -> str | None:
    return None if value is None else str(value).lower()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
