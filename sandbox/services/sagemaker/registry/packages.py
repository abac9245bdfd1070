"""Model packages: the versions of a group, what is known of each, and who approved it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.events import service_events
from sandbox.services.s3.upstream import s3
from sandbox.services.sagemaker import operations, pages, tags
from sandbox.services.sagemaker.containers import images
from sandbox.services.sagemaker.operations import Request, invalid, refuse_beyond
from sandbox.services.sagemaker.registry import groups
from sandbox.services.sagemaker.registry.groups import Group

_KEPT = (
    *("ModelPackageDescription", "InferenceSpecification", "CertifyForMarketplace"),
    *("ModelApprovalStatus", "MetadataProperties", "ModelMetrics", "Domain", "Task"),
    *("SamplePayloadUrl", "CustomerMetadataProperties", "DriftCheckBaselines", "SourceUri"),
    *("SkipModelValidation", "SecurityConfig", "ModelCard", "ModelLifeCycle"),
)
_CARRIED = (*_KEPT, "ModelPackageGroupName", "Tags", "ClientToken")
_CHANGEABLE = (
    *("ModelApprovalStatus", "ApprovalDescription", "CustomerMetadataProperties"),
    *("InferenceSpecification", "SourceUri", "ModelCard", "ModelLifeCycle"),
)
_SUMMARY = (
    *("ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn", "CreationTime"),
    *("ModelPackageDescription", "ModelPackageStatus", "ModelApprovalStatus", "ModelLifeCycle"),
)
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema
_CARD = (
    *("model_overview", "intended_uses", "business_details", "training_details"),
    *("evaluation_details", "additional_information", "model_package_details"),
)
_tokens: Any = responses.AccountRegionScopedDict()


def install() -> None:
    """Serve the operations."""
    operations.on_reset(_tokens.clear)
    operations.add(
        {
            "CreateModelPackage": _create,
            "DescribeModelPackage": lambda request: _shown(found(request["ModelPackageName"])),
            "BatchDescribeModelPackage": _batch,
            "ListModelPackages": _list,
            "UpdateModelPackage": _update,
            "DeleteModelPackage": _delete,
        }
    )


def found(arn: str) -> dict[str, Any]:
    """Find a package by its ARN; raises ServiceError when there is none."""
    _, _, place = arn.partition(":model-package/")
    name, _, version = (place or arn).partition("/")
    package: dict[str, Any] | None = None
    if version.isdecimal():
        package = groups.found(name).packages.get(int(version))
    if package is None:
        raise invalid(f"ModelPackage {arn} does not exist.")
    return package


def _create(request: Request) -> Any:
    refuse_beyond("CreateModelPackage", request, _CARRIED)
    if not request.get("ModelPackageGroupName"):
        raise invalid("ModelPackageGroupName is missing; the sandbox has versioned packages only")
    if request.get("CertifyForMarketplace"):
        raise invalid("the sandbox certifies no package for the AWS Marketplace")
    token = request.get("ClientToken")
    if token and token in _tokens:
        return {"ModelPackageArn": _tokens[token]}
    group = groups.found(request["ModelPackageGroupName"])
    kept = {name: request[name] for name in _KEPT if name in request}
    if "InferenceSpecification" in kept:
        kept["InferenceSpecification"] = _inference(kept["InferenceSpecification"])
    _check_card(kept.get("ModelCard"))
    package = _versioned(group, kept)
    tags.put(package["ModelPackageArn"], request.get("Tags"))
    group.packages[package["ModelPackageVersion"]] = package
    if token:
        _tokens[token] = package["ModelPackageArn"]
    _announce(package)
    return {"ModelPackageArn": package["ModelPackageArn"]}


def _versioned(group: Group, kept: Mapping[str, Any]) -> dict[str, Any]:
    group.versions += 1
    arn = group.arn.replace(":model-package-group/", ":model-package/")
    return {
        "ModelApprovalStatus": "PendingManualApproval",
        **kept,
        "ModelPackageName": f"{group.name}/{group.versions}",
        "ModelPackageGroupName": group.name,
        "ModelPackageVersion": group.versions,
        "ModelPackageArn": f"{arn}/{group.versions}",
        "CreationTime": CLOCK.time(),
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
    }


def _inference(given: Mapping[str, Any]) -> dict[str, Any]:
    """Check the containers of a package, and complete them with the digest of their image."""
    containers = []
    for container in given["Containers"]:
        image = images.found(container["Image"])
        if (url := container.get("ModelDataUrl")) and not _is_there(url):
            raise invalid(f"Could not find model data at {url}.")
        # No image was pulled: it stands for the repository and release that run here.
        digest = hashlib.sha256(":".join(image).encode()).hexdigest()
        containers.append({"ImageDigest": f"sha256:{digest}", **container})
    return {**given, "Containers": containers}


def _is_there(url: str) -> bool:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return key in (s3._ensure_bucket(bucket) or {}).get("objects", {})


def _check_card(card: Mapping[str, Any] | None) -> None:
    if not card or "ModelCardContent" not in card:
        return
    try:
        content = json.loads(card["ModelCardContent"])
    except ValueError as error:
        raise invalid(f"ModelCardContent is not JSON: {error}") from error
    unknown = sorted(set(content) - {*_CARD}) if isinstance(content, dict) else ["no object"]
    if unknown:
        raise invalid(f"ModelCardContent has {', '.join(unknown)}; allowed: {', '.join(_CARD)}")


def _batch(request: Request) -> Any:
    shown, errors = {}, {}
    for arn in request["ModelPackageArnList"]:
        try:
            package = found(arn)
        except ServiceError as error:
            errors[arn] = {"ErrorCode": error.code, "ErrorResponse": error.message}
            continue
        kept = (*_SUMMARY, "InferenceSpecification")
        shown[arn] = {name: package[name] for name in kept if name in package}
        shown[arn].pop("ModelLifeCycle", None)
    return {"ModelPackageSummaries": shown, "BatchDescribeModelPackageErrorMap": errors}


def _list(request: Request) -> Any:
    named = request.get("ModelPackageGroupName")
    wanted = request.get("ModelApprovalStatus")
    kind = request.get("ModelPackageType") or ("Versioned" if named else "Unversioned")
    found_groups = [groups.found(named)] if named else groups.every()
    packages = [package for group in found_groups for package in group.packages.values()]
    summaries = [
        {name: package[name] for name in _SUMMARY if name in package}
        for package in (packages if kind != "Unversioned" else [])
        if wanted in (None, package["ModelApprovalStatus"])
    ]
    return pages.page(request, "ModelPackageSummaryList", summaries, name="ModelPackageGroupName")


def _update(request: Request) -> Any:
    package = found(request["ModelPackageArn"])
    refuse_beyond(
        "UpdateModelPackage",
        request,
        (*_CHANGEABLE, "ModelPackageArn", "CustomerMetadataPropertiesToRemove", "ClientToken"),
    )
    changes = {name: request[name] for name in _CHANGEABLE if name in request}
    if "InferenceSpecification" in changes:
        changes["InferenceSpecification"] = _inference(changes["InferenceSpecification"])
    if "ModelCard" in changes:
        _check_card(changes["ModelCard"])
        changes["ModelCard"] = {**package.get("ModelCard", {}), **changes["ModelCard"]}
    properties = {
        **package.get("CustomerMetadataProperties", {}),
        **changes.get("CustomerMetadataProperties", {}),
    }
    for name in request.get("CustomerMetadataPropertiesToRemove", []):
        properties.pop(name, None)
    if properties != package.get("CustomerMetadataProperties", {}):
        changes["CustomerMetadataProperties"] = properties
    changed = [name for name, value in changes.items() if package.get(name) != value]
    package.update(changes, LastModifiedTime=CLOCK.time())
    if changed:
        _announce(package, changed)
    return {"ModelPackageArn": package["ModelPackageArn"]}


def _delete(request: Request) -> Any:
    package = found(request["ModelPackageName"])
    group = groups.found(package["ModelPackageGroupName"])
    del group.packages[package["ModelPackageVersion"]]
    tags.drop(package["ModelPackageArn"])
    return {}


def _shown(package: Mapping[str, Any]) -> dict[str, Any]:
    return dict(package)


def _announce(package: Mapping[str, Any], changed: list[str] | None = None) -> None:
    """Tell the default event bus of a package that is new, or of what of it was changed.

    https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
    """
    detail = {
        name: _instant(value) if name.endswith("Time") else value
        for name, value in package.items()
        if name not in ("ModelCard", "SecurityConfig")
    }
    detail["CertifyForMarketplace"] = bool(package.get("CertifyForMarketplace"))
    detail["Tags"] = tags.of(package["ModelPackageArn"])
    if changed:
        detail["UpdatedModelPackageFields"] = changed
    service_events.send(
        "aws.sagemaker",
        "SageMaker Model Package State Change",
        detail,
        resources=[package["ModelPackageArn"]],
    )


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
