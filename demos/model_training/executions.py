"""Executions of the deployed pipeline, waited for, with what they made."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from demos.stage import DemoError
from sandbox.host.client import Sandbox

PATIENCE = 240.0  # seconds
GOING = ("Executing", "Stopping")


@dataclass(frozen=True, slots=True)
class Execution:
    """How an execution ended: the steps' endings and seconds, its reports by file name."""

    arn: str
    status: str
    steps: Mapping[str, tuple[str, float]]
    reasons: Mapping[str, str]
    reports: Mapping[str, Any]


class Executions:
    """What there is of the pipeline that a stack's outputs name."""

    def __init__(self, sandbox: Sandbox, outputs: Mapping[str, str]) -> None:
        self._sandbox, self._outputs = sandbox, outputs
        self._sagemaker, self._s3 = sandbox.client("sagemaker"), sandbox.client("s3")

    def arns(self) -> list[str]:
        """List all, the oldest first."""
        found = self._sagemaker.list_pipeline_executions(
            PipelineName=self._outputs["PipelineName"], SortBy="CreationTime", SortOrder="Ascending"
        )
        return [each["PipelineExecutionArn"] for each in found["PipelineExecutionSummaries"]]

    def wait(self, number: int, tell: Callable[[str], None] = lambda _: None) -> Execution:
        """Wait until there are so many, and the last of them is over."""
        end = monotonic() + PATIENCE
        while monotonic() < end:
            found = self.arns()
            if len(found) >= number:
                steps = self._steps(found[number - 1])
                if running := [s["StepName"] for s in steps if s["StepStatus"] in GOING]:
                    tell(f"{running[0]} runs")
                status = self._status(found[number - 1])
                if status not in GOING:
                    return self._ended(found[number - 1], status)
            self._sandbox.pass_time()
            sleep(0.3)
        raise DemoError(
            f"{number} executions of the pipeline did not end within {PATIENCE:.0f} s: "
            f"{[problem['message'] for problem in self._sandbox.problems()][:3]}"
        )

    def wait_for_start(self, number: int) -> None:
        """Wait until there are so many, and the last of them has begun with a step."""
        end = monotonic() + PATIENCE
        while monotonic() < end:
            found = self.arns()
            if len(found) >= number and self._steps(found[number - 1]):
                return
            self._sandbox.pass_time()
            sleep(0.3)
        raise DemoError(f"{number} executions of the pipeline did not begin")

    def packages(self) -> list[dict[str, Any]]:
        """List what was registered, the oldest first."""
        found = self._sagemaker.list_model_packages(
            ModelPackageGroupName=self._outputs["ModelPackageGroupName"],
            SortBy="CreationTime",
            SortOrder="Ascending",
        )["ModelPackageSummaryList"]
        return [
            self._sagemaker.describe_model_package(ModelPackageName=each["ModelPackageArn"])
            for each in found
        ]

    def approve(self, package: str) -> None:
        """Approve a package, as a person does."""
        self._sagemaker.update_model_package(
            ModelPackageArn=package, ModelApprovalStatus="Approved"
        )

    def wait_for_failures(self, number: int) -> list[dict[str, Any]]:
        """Wait until so many executions that failed have their record."""
        end = monotonic() + PATIENCE
        while len(found := self.failures()) < number and monotonic() < end:
            self._sandbox.pass_time()
            sleep(0.3)
        return found

    def failures(self) -> list[dict[str, Any]]:
        """Read the records of what failed."""
        bucket = self._outputs["FailuresBucketName"]
        found = self._s3.list_objects_v2(Bucket=bucket, Prefix="failed_executions/")
        return [self._document(bucket, each["Key"]) for each in found.get("Contents", ())]

    def _status(self, arn: str) -> str:
        found = self._sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return str(found["PipelineExecutionStatus"])

    def _steps(self, arn: str) -> list[dict[str, Any]]:
        found = self._sagemaker.list_pipeline_execution_steps(
            PipelineExecutionArn=arn, SortOrder="Ascending"
        )
        return list(found["PipelineExecutionSteps"])

    def _ended(self, arn: str, status: str) -> Execution:
        steps = self._steps(arn)
        bucket, identity = self._outputs["ArtifactsBucketName"], arn.rpartition("/")[2]
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix="executions/"
        )
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        reports = {
            key.rpartition("/")[2]: self._document(bucket, key)
            for key in keys
            if any(f"/{identity}/{folder}/" in key for folder in ("evaluation", "explanation"))
        }
        return Execution(
            arn,
            status,
            {
                s["StepName"]: (
                    s["StepStatus"],
                    (s["EndTime"] - s["StartTime"]).total_seconds() if "EndTime" in s else 0.0,
                )
                for s in steps
            },
            {s["StepName"]: s["FailureReason"] for s in steps if s.get("FailureReason")},
            reports,
        )

    def _document(self, bucket: str, key: str) -> Any:
        return json.loads(self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())
