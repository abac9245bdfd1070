"""Batch transform jobs: what may be asked for, and how one is described."""

from collections.abc import Mapping
from typing import Any

from sandbox.services.sagemaker.hosting import models
from sandbox.services.sagemaker.hosting.transform import record_filters
from sandbox.services.sagemaker.job_records import Job
from sandbox.services.sagemaker.operations import invalid, refuse_beyond

_CARRIED = (
    *("TransformJobName", "ModelName", "MaxConcurrentTransforms", "ModelClientConfig"),
    *("MaxPayloadInMB", "BatchStrategy", "Environment", "TransformInput", "TransformOutput"),
    *("TransformResources", "DataProcessing", "Tags", "ExperimentConfig"),
)
_INPUT = ("DataSource", "ContentType", "CompressionType", "SplitType")
_MOST_MIB = 100


class TransformJob(Job):
    """A batch transform job."""

    kind, what = "transform-job", "Transform"

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self.status == "Stopping"

    def described(self) -> dict[str, Any]:
        """Show it as ``DescribeTransformJob`` does."""
        request = self.request
        shown = {
            **{name: request[name] for name in _CARRIED if name in request and name != "Tags"},
            "TransformJobArn": self.arn,
            "TransformJobStatus": self.status,
            "FailureReason": self.failure_reason,
            "CreationTime": self.created,
            "TransformStartTime": self.started,
            "TransformEndTime": self.ended,
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}

    def summary(self) -> dict[str, Any]:
        """Show it as ``TransformJobSummary``."""
        shown = {
            "TransformJobName": self.name,
            "TransformJobArn": self.arn,
            "CreationTime": self.created,
            "TransformEndTime": self.ended,
            "LastModifiedTime": self.changed,
            "TransformJobStatus": self.status,
            "FailureReason": self.failure_reason,
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}


def role_of(request: Mapping[str, Any]) -> str:
    """Tell the role that a job works as: its model's."""
    return models.found(str(request["ModelName"])).role_arn


def check(request: Mapping[str, Any]) -> None:
    """Refuse a request that SageMaker or the sandbox does not carry out."""
    refuse_beyond("CreateTransformJob", request, _CARRIED)
    model, given = models.found(request["ModelName"]), request["TransformInput"]
    if model.is_multi_model:
        raise invalid("Batch transform does not support multi-model containers.")
    refuse_beyond("TransformInput", given, _INPUT)
    kind = given["DataSource"]["S3DataSource"]["S3DataType"]
    if kind not in ("S3Prefix", "ManifestFile"):
        raise invalid(f"the sandbox does not carry S3DataType {kind} of a transform job")
    split = given.get("SplitType", "None")
    if split not in ("None", "Line"):
        raise invalid(f"the sandbox does not carry SplitType {split}; it carries Line and None")
    if request.get("MaxPayloadInMB", 0) > _MOST_MIB:
        raise invalid(f"MaxPayloadInMB must be at most {_MOST_MIB}.")
    instances = request["TransformResources"]["InstanceCount"]
    if instances != 1:
        raise invalid(f"the sandbox has one instance for a job; InstanceCount is {instances}")
    _check_processing(request, split)


def _check_processing(request: Mapping[str, Any], split: str) -> None:
    processing = request.get("DataProcessing") or {}
    output = request["TransformOutput"]
    try:
        for name in ("InputFilter", "OutputFilter"):
            record_filters.select(processing.get(name, "$"))
        if any(processing.get(name, "$") != "$" for name in ("InputFilter", "OutputFilter")):
            record_filters.Form(request["TransformInput"].get("ContentType", ""))
    except record_filters.FilterError as error:
        raise invalid(str(error)) from error
    if processing.get("JoinSource", "None") == "Input":
        asked, told = request["TransformInput"].get("ContentType"), output.get("Accept")
        if split != "Line" or output.get("AssembleWith") != "Line" or asked != told:
            raise invalid(
                "To join input and output, SplitType and AssembleWith must be Line, and Accept "
                f"must be the ContentType; it is {told}, and that is {asked}."
            )
