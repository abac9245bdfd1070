"""Training jobs: what may be asked for, and how one is described."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.sagemaker.containers import images
from sandbox.services.sagemaker.job_records import Job
from sandbox.services.sagemaker.operations import invalid, refuse_beyond
from sandbox.services.sagemaker.training import builtin, toolkit

CHECKPOINTS = "/opt/ml/checkpoints"
_CARRIED = (
    *("TrainingJobName", "HyperParameters", "AlgorithmSpecification", "RoleArn", "InputDataConfig"),
    *("OutputDataConfig", "ResourceConfig", "VpcConfig", "StoppingCondition", "Tags"),
    *("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "Environment"),
    *("EnableManagedSpotTraining", "CheckpointConfig", "ExperimentConfig", "RetryStrategy"),
    *("ProfilerConfig", "RemoteDebugConfig"),
)
_ALGORITHM = (
    *("TrainingImage", "TrainingInputMode", "MetricDefinitions"),
    "EnableSageMakerMetricsTimeSeries",
)
_CHANNEL = (
    *("ChannelName", "DataSource", "ContentType", "CompressionType", "RecordWrapperType"),
    "InputMode",
)
_SOURCE = ("S3DataType", "S3Uri", "S3DataDistributionType")
_MODES = ("File", "FastFile")
_DEFAULT_SECONDS = 86400
_SAID = {
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds",
    "MaxWaitTimeExceeded": "Training job exceeded MaxWaitTimeInSeconds",
}


class TrainingJob(Job):
    """A training job."""

    kind, what = "training-job", "Training"

    def __init__(self, request: Mapping[str, Any], role: Any) -> None:
        super().__init__(request, role)
        self.moments: list[dict[str, Any]] = []
        self.metrics: dict[str, tuple[float, float]] = {}  # the last of each: value, time
        self.training_seconds = 0.0
        output = str(request["OutputDataConfig"]["S3OutputPath"]).rstrip("/")
        self.place = f"{output}/{self.name}/output"
        self.enter("Starting", "Preparing the instances for training")

    def enter(self, status: str, message: str) -> None:
        """Go on to another secondary status."""
        now = CLOCK.time()
        if self.moments:
            self.moments[-1]["EndTime"] = now
        self.moments.append({"Status": status, "StartTime": now, "StatusMessage": message})
        self.changed = now

    def end(self, status: str, reason: str = "", secondary: str = "") -> None:
        """End it, as its secondary status says more exactly."""
        self.enter(secondary or status, _SAID[secondary or status])
        super().end(status, reason)

    def begin_to_stop(self) -> None:
        """Have it stopped, which takes a while."""
        self.enter("Stopping", _SAID["Stopping"])
        super().begin_to_stop()

    @property
    def secondary(self) -> str:
        """Its secondary status."""
        return str(self.moments[-1]["Status"])

    @property
    def longest(self) -> int:
        """How many seconds it may train."""
        return int(self.request["StoppingCondition"].get("MaxRuntimeInSeconds", _DEFAULT_SECONDS))

    @property
    def is_spot(self) -> bool:
        """Whether it may be interrupted."""
        return bool(self.request.get("EnableManagedSpotTraining"))

    def described(self) -> dict[str, Any]:
        """Show it as ``DescribeTrainingJob`` does."""
        request = self.request
        echoed = {name: request[name] for name in _CARRIED if name in request and name != "Tags"}
        shown = {
            **echoed,
            "TrainingJobArn": self.arn,
            "TrainingJobStatus": self.status,
            "SecondaryStatus": self.secondary,
            "SecondaryStatusTransitions": [dict(moment) for moment in self.moments],
            "FailureReason": self.failure_reason,
            "ModelArtifacts": {"S3ModelArtifacts": f"{self.place}/model.tar.gz"},
            "CreationTime": self.created,
            "LastModifiedTime": self.changed,
            "TrainingStartTime": self.started,
            "TrainingEndTime": self.ended,
            "TrainingTimeInSeconds": round(self.training_seconds) or None,
            "BillableTimeInSeconds": round(self.training_seconds) or None,
            "FinalMetricDataList": [
                {"MetricName": name, "Value": value, "Timestamp": at}
                for name, (value, at) in self.metrics.items()
            ],
            "EnableNetworkIsolation": bool(request.get("EnableNetworkIsolation")),
            "EnableManagedSpotTraining": self.is_spot,
            "EnableInterContainerTrafficEncryption": bool(
                request.get("EnableInterContainerTrafficEncryption")
            ),
        }
        return {name: value for name, value in shown.items() if value not in (None, "", [])}

    def summary(self) -> dict[str, Any]:
        """Show it as ``TrainingJobSummary``."""
        shown = {
            "TrainingJobName": self.name,
            "TrainingJobArn": self.arn,
            "CreationTime": self.created,
            "TrainingEndTime": self.ended,
            "LastModifiedTime": self.changed,
            "TrainingJobStatus": self.status,
            "SecondaryStatus": self.secondary,
        }
        return {name: value for name, value in shown.items() if value is not None}


def check(request: Mapping[str, Any]) -> None:
    """Refuse what AWS would, and what cannot be carried out here; raises ServiceError."""
    refuse_beyond("CreateTrainingJob", request, _CARRIED)
    _check_algorithm(request)
    for channel in request.get("InputDataConfig", []):
        _check_channel(channel)
    found = [channel["ChannelName"] for channel in request.get("InputDataConfig", [])]
    if len(found) != len(set(found)):
        raise invalid(f"ChannelName has to be unique; they are {', '.join(found)}")
    resources = request.get("ResourceConfig")
    if not resources or not resources.get("InstanceType"):
        raise invalid("ResourceConfig.InstanceType is missing; the sandbox has no serverless jobs")
    refuse_beyond(
        "ResourceConfig",
        resources,
        ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId"),
    )
    if resources.get("InstanceCount", 1) != 1:
        raise invalid(f"InstanceCount is {resources['InstanceCount']}; the sandbox trains on 1")
    refuse_beyond("OutputDataConfig", request["OutputDataConfig"], ("KmsKeyId", "S3OutputPath"))
    if (request.get("RemoteDebugConfig") or {}).get("EnableRemoteDebug"):
        raise invalid("the sandbox has no remote debugging; leave RemoteDebugConfig out")
    profiler = request.get("ProfilerConfig") or {}
    if profiler and profiler.get("DisableProfiler") is not True:
        raise invalid("the sandbox has no profiler; ProfilerConfig may say DisableProfiler: true")
    _check_times(request)


def _check_algorithm(request: Mapping[str, Any]) -> None:
    algorithm = request["AlgorithmSpecification"]
    refuse_beyond("AlgorithmSpecification", algorithm, _ALGORITHM)
    images.found(str(algorithm.get("TrainingImage") or ""))
    if (mode := algorithm["TrainingInputMode"]) not in _MODES:
        raise invalid(f"TrainingInputMode is {mode}; the sandbox has {', '.join(_MODES)}")
    for metric in algorithm.get("MetricDefinitions", []):
        try:
            groups = re.compile(metric["Regex"]).groups
        except re.error as error:
            raise invalid(f"the Regex of metric {metric['Name']} is invalid: {error}") from error
        if groups < 1:
            raise invalid(f"the Regex of metric {metric['Name']} has no group for its value")
    if toolkit.program(request) is None:
        builtin.check(request)
    else:
        toolkit.command(request)


def _check_channel(channel: Mapping[str, Any]) -> None:
    name = channel["ChannelName"]
    refuse_beyond(f"channel {name}", channel, _CHANNEL)
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise invalid(f"channel {name} has no S3DataSource, which is all that the sandbox has")
    refuse_beyond(f"channel {name}", source, _SOURCE)
    for what, value, known in (
        ("InputMode", channel.get("InputMode"), _MODES),
        ("CompressionType", channel.get("CompressionType"), ("None",)),
        ("RecordWrapperType", channel.get("RecordWrapperType"), ("None",)),
        ("S3DataType", source["S3DataType"], ("S3Prefix", "ManifestFile")),
        ("S3DataDistributionType", source.get("S3DataDistributionType"), ("FullyReplicated",)),
    ):
        if value is not None and value not in known:
            raise invalid(f"{what} of channel {name} is {value}; allowed: {', '.join(known)}")


def _check_times(request: Mapping[str, Any]) -> None:
    times = request.get("StoppingCondition")
    if times is None:
        raise invalid("StoppingCondition is missing")
    longest, waiting = times.get("MaxRuntimeInSeconds"), times.get("MaxWaitTimeInSeconds")
    if request.get("EnableManagedSpotTraining"):
        if waiting is None:
            raise invalid("MaxWaitTimeInSeconds must be given with EnableManagedSpotTraining")
        if longest is not None and waiting < longest:
            raise invalid(
                f"Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal "
                f"to MaxRuntimeInSeconds, which is {longest}; it is {waiting}"
            )
    elif waiting is not None:
        raise invalid("MaxWaitTimeInSeconds is for jobs with EnableManagedSpotTraining only")
