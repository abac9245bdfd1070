"""Whoever trains, for a demo without one: a group of packages that people approve."""

import io
import json
import tarfile
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from demos.stage import DemoError
from sandbox.host.client import Sandbox
from stacks.model_training.contracts import offers

TRAINING = "ModelTraining"
GROUP, BUCKET = "modeltraining", "modeltraining-of-the-demo"  # begin as training's own do
CONTENT_TYPES = ["application/json"]
PATIENCE = 240.0  # seconds


class Registry:
    """What training offers to others, and nothing else of it; and what becomes of approvals."""

    def __init__(self, sandbox: Sandbox, machine: str) -> None:
        self._sandbox, self._machine = sandbox, machine
        self._sagemaker, self._s3 = sandbox.client("sagemaker"), sandbox.client("s3")
        self._offered = offers(stack_name=TRAINING)
        self._s3.create_bucket(Bucket=BUCKET)
        self._sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
        values = {self._offered.package_group: GROUP, self._offered.model_files.bucket: BUCKET}
        for contract, value in values.items():
            sandbox.client("ssm").put_parameter(
                Name=contract.parameter, Value=value, Type="String", Overwrite=True
            )

    def register(
        self, name: str, files: Mapping[str, bytes], properties: Mapping[str, str] | None = None
    ) -> str:
        """Register an archive of these files, which waits for approval; gives the package."""
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            for path, body in files.items():
                entry = tarfile.TarInfo(path)
                entry.size = len(body)
                archive.addfile(entry, io.BytesIO(body))
        key = f"{self._offered.model_files.prefix}{name}/model.tar.gz"
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=content.getvalue())
        region = self._sandbox.environment()["AWS_DEFAULT_REGION"]
        container = {
            "Image": f"{'0' * 12}.dkr.ecr.{region}.amazonaws.com/sagemaker-xgboost:3.0-5",
            "ModelDataUrl": f"s3://{BUCKET}/{key}",
            "Environment": {
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            },
        }
        package: str = self._sagemaker.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus="PendingManualApproval",
            CustomerMetadataProperties=dict(properties or {}),
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": CONTENT_TYPES,
                "SupportedResponseMIMETypes": CONTENT_TYPES,
                "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
            },
        )["ModelPackageArn"]
        return package

    def deployed(self, package: str) -> str:
        """Approve a package and wait until its deployment has ended; gives how."""
        return self.ended(
            lambda: self._sagemaker.update_model_package(
                ModelPackageArn=package, ModelApprovalStatus="Approved"
            )
        )

    def ended(self, start: Callable[[], object]) -> str:
        """Start a deployment and wait until it has ended; gives how."""
        machines, before = self._sandbox.client("stepfunctions"), len(self._executions())
        start()
        end = monotonic() + PATIENCE
        while True:
            found = self._executions()
            if len(found) > before and found[0]["status"] != "RUNNING":
                described = machines.describe_execution(executionArn=found[0]["executionArn"])
                return str(described.get("cause") or described["status"])
            if monotonic() > end:
                raise DemoError("nothing is deployed: look at the machine's execution")
            self._sandbox.pass_time()

    def records(self, bucket: str) -> list[Mapping[str, Any]]:
        """Read the records of deployments that failed."""
        found = self._s3.list_objects_v2(Bucket=bucket, Prefix="failed_deployments/")
        return [
            json.loads(self._s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read())
            for each in found.get("Contents", ())
        ]

    def _executions(self) -> list[Mapping[str, Any]]:
        machines = self._sandbox.client("stepfunctions")
        found: list[Mapping[str, Any]] = machines.list_executions(stateMachineArn=self._machine)[
            "executions"
        ]
        return found
