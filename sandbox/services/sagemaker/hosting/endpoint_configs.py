"""Endpoint configurations: which models answer, on what, with which share, and what is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.kms import keys
from sandbox.services.sagemaker import names, operations, pages, tags
from sandbox.services.sagemaker.hosting import models
from sandbox.services.sagemaker.hosting.models import Model
from sandbox.services.sagemaker.operations import Request, invalid

_CARRIED = (
    *("EndpointConfigName", "ProductionVariants", "DataCaptureConfig", "Tags", "KmsKeyId"),
    "AsyncInferenceConfig",
)
_OF_VARIANT = (
    *("VariantName", "ModelName", "InitialInstanceCount", "InstanceType", "InitialVariantWeight"),
    *("ServerlessConfig", "VolumeSizeInGB", "ModelDataDownloadTimeoutInSeconds"),
    *("ContainerStartupHealthCheckTimeoutInSeconds", "RoutingConfig"),
)
STARTUP_SECONDS = 480.0


@dataclass(frozen=True, slots=True)
class VariantConfig:
    """One variant of a configuration, with the model that it had when that was made."""

    name: str
    model: Model
    instances: int
    instance_type: str
    weight: float
    serverless: Mapping[str, Any] | None
    startup_seconds: float

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "VariantConfig":
        """Read a variant; raises ServiceError for one that SageMaker or the sandbox refuses."""
        name = given["VariantName"]
        operations.refuse_beyond("ProductionVariants", given, _OF_VARIANT)
        if not given.get("ModelName"):
            raise invalid("the sandbox does not carry variants of inference components")
        model, serverless = models.found(given["ModelName"]), given.get("ServerlessConfig")
        instances, kind = given.get("InitialInstanceCount"), given.get("InstanceType")
        if serverless and (instances or kind):
            raise invalid(
                f"Variant {name} has both ServerlessConfig and instances; specify one of them."
            )
        if not serverless and not (instances and kind):
            raise invalid(
                f"Variant {name} needs InitialInstanceCount and InstanceType, or ServerlessConfig."
            )
        if serverless:
            _require_serverless(name, model)
        return cls(
            name=name,
            model=model,
            instances=int(instances or 0),
            instance_type=str(kind or ""),
            weight=float(given.get("InitialVariantWeight", 1.0)),
            serverless=serverless,
            startup_seconds=float(
                given.get("ContainerStartupHealthCheckTimeoutInSeconds", STARTUP_SECONDS)
            ),
        )


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """A configuration as it was created."""

    name: str
    arn: str
    variants: tuple[VariantConfig, ...]
    capture: Mapping[str, Any] | None
    asynchronous: Mapping[str, Any] | None
    key: str | None
    made_at: float
    given: Mapping[str, Any]

    @property
    def is_serverless(self) -> bool:
        """Tell whether it is answered without instances."""
        return any(variant.serverless for variant in self.variants)

    def described(self) -> dict[str, Any]:
        """Show it as DescribeEndpointConfig does."""
        shown = {name: value for name, value in self.given.items() if name != "Tags"}
        return {**shown, "EndpointConfigArn": self.arn, "CreationTime": self.made_at}


_configs: Any = responses.AccountRegionScopedDict()


def install() -> None:
    """Serve the operations."""
    operations.add(
        {
            "CreateEndpointConfig": create,
            "DescribeEndpointConfig": lambda r: found(r["EndpointConfigName"]).described(),
            "ListEndpointConfigs": _list,
            "DeleteEndpointConfig": delete,
        }
    )
    operations.on_reset(_configs._data.clear)


def create(request: Request) -> Request:
    """Create a configuration."""
    operations.refuse_beyond("CreateEndpointConfig", request, _CARRIED)
    name = request["EndpointConfigName"]
    arn = names.arn("endpoint-config", name)
    if name in _configs:
        raise invalid(f'Cannot create already existing endpoint configuration "{arn}".')
    variants = tuple(VariantConfig.of(given) for given in request["ProductionVariants"])
    if len({variant.name for variant in variants}) < len(variants):
        raise invalid("Each production variant must have another VariantName.")
    if not sum(variant.weight for variant in variants) > 0:
        raise invalid("The sum of the weights of all production variants must be above 0.")
    made = EndpointConfig(
        name=name,
        arn=arn,
        variants=variants,
        capture=request.get("DataCaptureConfig"),
        asynchronous=request.get("AsyncInferenceConfig"),
        key=request.get("KmsKeyId"),
        made_at=CLOCK.time(),
        given=request,
    )
    _require_together(made)
    for key in (made.key, (made.capture or {}).get("KmsKeyId")):
        if key:
            try:
                keys.key_arn(key, "sagemaker")
            except keys.KeyRefusedError as refused:
                raise invalid(f"Invalid KMS key {key}: {refused.message}") from refused
    tags.put(arn, request.get("Tags"))
    _configs[name] = made
    return {"EndpointConfigArn": arn}


def found(name: str) -> EndpointConfig:
    """Find a configuration; raises ServiceError where there is none."""
    config: EndpointConfig | None = _configs.get(name)
    if config is None:
        arn = names.arn("endpoint-config", name)
        raise invalid(f'Could not find endpoint configuration "{arn}".')
    return config


def all_names() -> list[str]:
    """Name the configurations of the account in this Region."""
    return list(_configs)


def delete(request: Request) -> Request:
    """Delete a configuration; endpoints that have it go on."""
    config = found(request["EndpointConfigName"])
    _configs.pop(config.name)
    tags.drop(config.arn)
    return {}


def _list(request: Request) -> Request:
    shown = [
        {
            "EndpointConfigName": each.name,
            "EndpointConfigArn": each.arn,
            "CreationTime": each.made_at,
        }
        for each in list(_configs.values())
    ]
    return pages.page(request, "EndpointConfigs", shown, name="EndpointConfigName")


# https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
def _require_serverless(name: str, model: Model) -> None:
    lacks = {
        "a VPC": model.given.get("VpcConfig"),
        "network isolation": model.is_isolated,
        "multi-model containers": model.is_multi_model,
        "several containers": len(model.containers) > 1,
    }
    for what, is_asked in lacks.items():
        if is_asked:
            raise invalid(f"Serverless inference does not support {what}: variant {name}.")


def _require_together(config: EndpointConfig) -> None:
    if config.is_serverless:
        if len(config.variants) > 1:
            raise invalid("Serverless inference supports one production variant.")
        for what, is_asked in (("data capture", config.capture), ("KmsKeyId", config.key)):
            if is_asked:
                raise invalid(f"Serverless inference does not support {what}.")
    if config.asynchronous:
        if len(config.variants) > 1:
            raise invalid("Asynchronous inference supports one production variant.")
        if config.is_serverless or config.variants[0].model.is_multi_model:
            raise invalid("Asynchronous inference needs instances, with one model each.")
        if not config.asynchronous["OutputConfig"].get("S3OutputPath"):
            raise invalid("the sandbox has no bucket of its own for answers: give S3OutputPath")
    if config.capture:
        header = config.capture.get("CaptureContentTypeHeader") or {}
        operations.refuse_beyond(
            "CaptureContentTypeHeader", header, ("CsvContentTypes", "JsonContentTypes")
        )
