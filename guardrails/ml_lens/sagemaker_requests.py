"""What is asked of SageMaker: by a resource, by a task of a state machine, by a pipeline's step."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.intrinsics import UnresolvableError, is_intrinsic, shorten, text
from guardrails.ml_lens.machines import MACHINE, definition, states
from guardrails.ml_lens.template import Resource, Template

PIPELINE = "AWS::SageMaker::Pipeline"


@dataclass(frozen=True)
class Shape:
    """Where a request says how its containers run: dotted paths; none where AWS has no such one."""

    isolation: str | None = None
    network: str | None = None
    traffic: str | None = None
    keys: tuple[str, ...] = ()
    instances: str | None = None


_ISOLATED, _VPC = "NetworkConfig.EnableNetworkIsolation", "NetworkConfig.VpcConfig"
_TRAFFIC = "NetworkConfig.EnableInterContainerTrafficEncryption"
_TRAINING = Shape(
    "EnableNetworkIsolation",
    "VpcConfig",
    "EnableInterContainerTrafficEncryption",
    ("ResourceConfig.VolumeKmsKeyId", "OutputDataConfig.KmsKeyId"),
    "ResourceConfig.InstanceType",
)
_CLUSTER = "ClusterConfig.VolumeKmsKeyId"
_AUTO = "SecurityConfig"


def _below(prefix: str, shape: Shape) -> Shape:
    def at(path: str | None) -> str | None:
        return f"{prefix}.{path}" if path else None

    return Shape(
        at(shape.isolation),
        at(shape.network),
        at(shape.traffic),
        tuple(f"{prefix}.{path}" for path in shape.keys),
        at(shape.instances),
    )


def _monitoring(resources: str, output: str) -> Shape:
    keys = (f"{resources}.{_CLUSTER}", f"{output}.KmsKeyId")
    return Shape(_ISOLATED, _VPC, _TRAFFIC, keys, f"{resources}.ClusterConfig.InstanceType")


_PROCESSING = _monitoring("ProcessingResources", "ProcessingOutputConfig")
SHAPES: Mapping[str, Shape] = {
    "Model": Shape("EnableNetworkIsolation", "VpcConfig"),
    "TrainingJob": _TRAINING,
    "ProcessingJob": _PROCESSING,
    "HyperParameterTuningJob": _below("TrainingJobDefinition", _TRAINING),
    "TransformJob": Shape(
        keys=("TransformResources.VolumeKmsKeyId", "TransformOutput.KmsKeyId"),
        instances="TransformResources.InstanceType",
    ),
    "AutoMLJob": Shape(
        network=f"AutoMLJobConfig.{_AUTO}.VpcConfig",
        traffic=f"AutoMLJobConfig.{_AUTO}.EnableInterContainerTrafficEncryption",
        keys=(f"AutoMLJobConfig.{_AUTO}.VolumeKmsKeyId", "OutputDataConfig.KmsKeyId"),
    ),
    "AutoMLJobV2": Shape(
        network=f"{_AUTO}.VpcConfig",
        traffic=f"{_AUTO}.EnableInterContainerTrafficEncryption",
        keys=(f"{_AUTO}.VolumeKmsKeyId", "OutputDataConfig.KmsKeyId"),
    ),
    "CompilationJob": Shape(network="VpcConfig", keys=("OutputConfig.KmsKeyId",)),
    "EndpointConfig": Shape(keys=("KmsKeyId",)),
    "DataQualityJobDefinition": _monitoring("JobResources", "DataQualityJobOutputConfig"),
    "ModelQualityJobDefinition": _monitoring("JobResources", "ModelQualityJobOutputConfig"),
    "ModelBiasJobDefinition": _monitoring("JobResources", "ModelBiasJobOutputConfig"),
    "ModelExplainabilityJobDefinition": _monitoring(
        "JobResources", "ModelExplainabilityJobOutputConfig"
    ),
    "MonitoringSchedule": _below(
        "MonitoringScheduleConfig.MonitoringJobDefinition",
        _monitoring("MonitoringResources", "MonitoringOutputConfig"),
    ),
}
STEPS: Mapping[str, str] = {
    "Training": "TrainingJob",
    "Processing": "ProcessingJob",
    "Tuning": "HyperParameterTuningJob",
    "Transform": "TransformJob",
    "Model": "Model",
    "AutoML": "AutoMLJobV2",
    "ClarifyCheck": "ProcessingJob",
    "QualityCheck": "ProcessingJob",
}
# The other kinds are asked for at run time only: CloudFormation has no type for them.
RESOURCES = (
    *("Model", "ProcessingJob", "EndpointConfig", "MonitoringSchedule", "DataQualityJobDefinition"),
    *("ModelQualityJobDefinition", "ModelBiasJobDefinition", "ModelExplainabilityJobDefinition"),
)
TYPES = (MACHINE, PIPELINE, *(f"AWS::SageMaker::{kind}" for kind in RESOURCES))
CALL = re.compile(r"states:::(?:aws-sdk:)?sagemaker:create([A-Za-z0-9]+)")
# Their volumes are part of the host, encrypted by its hardware; SageMaker refuses a key for them.
LOCAL_VOLUMES = re.compile(r"ml\.(g4dn|g5|g6e?|p4de?|p5e?n?|trn[12]n?|inf2|[cmr]\d\w?d)\.")
# JSONata and JSONPath; ``${Name}`` is a substitution of the template.
EXPRESSION = re.compile(r"^\{%|^\$(\.|\$|\[|$)")


@dataclass(frozen=True)
class Request:
    """One request: who makes it and where, its kind, and its arguments."""

    holder: Resource
    location: str
    kind: str
    arguments: Mapping[str, Any]

    @property
    def shape(self) -> Shape:
        """Where this kind says how its containers run."""
        return SHAPES[self.kind]

    def at(self, path: str) -> Any:
        """Return the value below a dotted path, or None; what only the run knows raises."""
        value: Any = self.arguments
        for name in path.split("."):
            if value is None:
                return None
            if not isinstance(value, Mapping) or is_intrinsic(value) or "Get" in value:
                raise UnresolvableError(f"{path} is {shorten(value)}, which only the run knows")
            if f"{name}.$" in value:
                raise UnresolvableError(
                    f"{path} is {value[f'{name}.$']!r}, which only the run knows"
                )
            value = value.get(name)
        if isinstance(value, str) and EXPRESSION.match(value):
            raise UnresolvableError(f"{path} is {value!r}, which only the run knows")
        return value

    def is_serverless(self) -> bool:
        """Tell whether it is about a serverless endpoint, which has no volume and no capture."""
        variants = self._variants() or [{}]
        return all(isinstance(v, Mapping) and v.get("ServerlessConfig") for v in variants)

    def _variants(self) -> list[Any]:
        shadows = self.arguments.get("ShadowProductionVariants") or []
        return [*(self.arguments.get("ProductionVariants") or []), *shadows]

    def has_local_volumes(self) -> bool:
        """Tell whether all of its instances have volumes that take no key."""
        if self.kind == "EndpointConfig":
            types = [variant.get("InstanceType") for variant in self._variants()]
        else:
            types = [self.at(self.shape.instances)] if self.shape.instances else []
        return bool(types) and all(LOCAL_VOLUMES.match(str(type_)) for type_ in types)


def requests(_template: Template, holder: Resource) -> Iterator[Request]:
    """Yield what one resource asks of SageMaker."""
    kind = holder.type.removeprefix("AWS::SageMaker::")
    if kind in SHAPES:
        by_name = holder.at("MonitoringScheduleConfig", "MonitoringJobDefinitionName")
        if not by_name:
            yield Request(holder, "Properties", kind, holder.properties)
    elif holder.type == PIPELINE:
        for name, step in pipeline_steps(holder):
            if step_kind := STEPS.get(str(step.get("Type"))):
                where = f"Properties.PipelineDefinition.Steps.{name}"
                yield Request(holder, where, step_kind, step.get("Arguments") or {})
    elif holder.type == MACHINE:
        for state in states(definition(holder)):
            call = CALL.match(state.calls)
            if call and call[1] in SHAPES:
                yield Request(holder, state.location, call[1], state.arguments)


def _pipeline(pipeline: Resource) -> Mapping[str, Any]:
    try:
        written = json.loads(text(pipeline.at("PipelineDefinition", "PipelineDefinitionBody")))
    except ValueError:
        raise UnresolvableError("a pipeline's definition is not JSON in the template") from None
    if not isinstance(written, Mapping):
        raise UnresolvableError("a pipeline's definition is no object")
    return written


def pipeline_steps(pipeline: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the steps of a pipeline by name, those inside of conditions too."""
    yield from _steps(_pipeline(pipeline).get("Steps") or [])


def _steps(steps: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for step in steps:
        yield str(step.get("Name")), step
        arguments = step.get("Arguments") or {}
        for branch in ("IfSteps", "ElseSteps"):
            yield from _steps(arguments.get(branch) or [])
