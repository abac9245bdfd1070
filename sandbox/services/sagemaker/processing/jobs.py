"""Processing jobs: what may be asked for, and how one is described."""

from collections.abc import Mapping
from typing import Any

from sandbox.services.sagemaker.containers import images
from sandbox.services.sagemaker.job_records import Job
from sandbox.services.sagemaker.operations import invalid, refuse_beyond

LONGEST_SECONDS = 86400
_CARRIED = (
    *("ProcessingInputs", "ProcessingOutputConfig", "ProcessingJobName", "ProcessingResources"),
    *("StoppingCondition", "AppSpecification", "Environment", "NetworkConfig", "RoleArn", "Tags"),
    "ExperimentConfig",
)
_INPUT = (
    *("S3Uri", "LocalPath", "S3DataType", "S3InputMode", "S3DataDistributionType"),
    "S3CompressionType",
)
_NETWORK = ("EnableInterContainerTrafficEncryption", "EnableNetworkIsolation", "VpcConfig")


class ProcessingJob(Job):
    """A processing job."""

    kind, what = "processing-job", "Processing"

    def __init__(self, request: Mapping[str, Any], role: Any) -> None:
        super().__init__(request, role)
        self.exit_message = ""

    @property
    def is_isolated(self) -> bool:
        """Whether its container has no network."""
        return bool((self.request.get("NetworkConfig") or {}).get("EnableNetworkIsolation"))

    def described(self) -> dict[str, Any]:
        """Show it as ``DescribeProcessingJob`` does."""
        request = self.request
        shown = {
            **{name: request[name] for name in _CARRIED if name in request and name != "Tags"},
            "ProcessingJobArn": self.arn,
            "ProcessingJobStatus": self.status,
            "ExitMessage": self.exit_message,
            "FailureReason": self.failure_reason,
            "CreationTime": self.created,
            "LastModifiedTime": self.changed,
            "ProcessingStartTime": self.started,
            "ProcessingEndTime": self.ended,
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}

    def summary(self) -> dict[str, Any]:
        """Show it as ``ProcessingJobSummary``."""
        shown = {
            "ProcessingJobName": self.name,
            "ProcessingJobArn": self.arn,
            "CreationTime": self.created,
            "ProcessingEndTime": self.ended,
            "LastModifiedTime": self.changed,
            "ProcessingJobStatus": self.status,
            "FailureReason": self.failure_reason,
            "ExitMessage": self.exit_message,
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}


def check(request: Mapping[str, Any]) -> None:
    """Refuse what AWS would, and what cannot be carried out here; raises ServiceError."""
    refuse_beyond("CreateProcessingJob", request, _CARRIED)
    application = request["AppSpecification"]
    images.found(application["ImageUri"])
    if not application.get("ContainerEntrypoint"):
        raise invalid(
            "AppSpecification.ContainerEntrypoint is missing; the sandbox does not know what an "
            "image runs by itself"
        )
    cluster = request["ProcessingResources"]["ClusterConfig"]
    if cluster["InstanceCount"] != 1:
        raise invalid(f"InstanceCount is {cluster['InstanceCount']}; the sandbox processes on 1")
    refuse_beyond("NetworkConfig", request.get("NetworkConfig") or {}, _NETWORK)
    for given in request.get("ProcessingInputs") or []:
        _check_input(given)
    for given in (request.get("ProcessingOutputConfig") or {}).get("Outputs", []):
        name = given["OutputName"]
        refuse_beyond(f"output {name}", given, ("OutputName", "S3Output", "AppManaged"))
        if given.get("AppManaged") or not given.get("S3Output"):
            raise invalid(f"output {name} has no S3Output, which is all that the sandbox has")
        _check_path(f"output {name}", given["S3Output"].get("LocalPath"))
    _check_names(request)


def _check_input(given: Mapping[str, Any]) -> None:
    name = given["InputName"]
    refuse_beyond(f"input {name}", given, ("InputName", "S3Input", "AppManaged"))
    source = given.get("S3Input")
    if not source or given.get("AppManaged"):
        raise invalid(f"input {name} has no S3Input, which is all that the sandbox has")
    refuse_beyond(f"input {name}", source, _INPUT)
    _check_path(f"input {name}", source.get("LocalPath"))
    for what, known in (
        ("S3InputMode", ("File",)),
        ("S3DataType", ("S3Prefix", "ManifestFile")),
        ("S3DataDistributionType", ("FullyReplicated",)),
        ("S3CompressionType", ("None",)),
    ):
        if source.get(what) not in (None, *known):
            raise invalid(f"{what} of input {name} is {source[what]}; allowed: {', '.join(known)}")


def _check_path(what: str, path: str | None) -> None:
    if not (path or "").startswith("/opt/ml/processing/"):
        raise invalid(f"LocalPath of {what} is {path}; it must be below /opt/ml/processing")


def _check_names(request: Mapping[str, Any]) -> None:
    outputs = (request.get("ProcessingOutputConfig") or {}).get("Outputs", [])
    for what, given in (
        ("InputName", request.get("ProcessingInputs") or []),
        ("OutputName", outputs),
    ):
        found = [each[what] for each in given]
        if len(found) != len(set(found)):
            raise invalid(f"{what} has to be unique; they are {', '.join(found)}")
