"""Hosting as a person has it: deployed by the CDK CLI, IAM on, asked by signed requests."""

import io
import json
import tarfile
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from demos.model_hosting.caller import Caller
from testing.model_archive import write_archive
from testing.model_reference import reference
from testing.operator import Operator

# A stage of its own, as whoever trains in tests has the names of none.
STAGE, NAME = "prod", "ModelHosting"
STACK = f"{NAME}-{STAGE}"
CODE = Path(__file__).parents[3] / "jobs" / "model_training"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "model_hosting.weights_seconds": 1,
    "model_hosting.experiment_percents": [60, 100],
    "model_hosting.experiment_seconds": 60,
    # While somebody asks all the time, no time can be skipped.
    "model_hosting.bake_seconds": 20,
    "model_hosting.keep_old_seconds": 4,
    "model_hosting.capture_percent": 100,
}


class Hosting(Operator):
    """Also asks the API, and looks at the endpoint."""

    stack = STACK

    def predict(
        self, body: bytes, *, signed: bool = True, content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Post to the API as a caller of this account, or as nobody; gives status and answer."""
        caller = Caller(self.sandbox, self.outputs["ApiUrl"])
        try:
            return caller.send(body, signed=signed, content_type=content_type)
        finally:
            caller.close()

    def ends(
        self, start: Callable[[], Any], status: str, meanwhile: Callable[[], Any] | None = None
    ) -> None:
        """Start a deployment, do something while it shifts traffic, and wait for such an end."""
        before = {each: len(self._executions(each)) for each in ("SUCCEEDED", "FAILED")}
        start()
        if meanwhile is not None:
            self.wait_for(lambda: self.endpoint()["EndpointStatus"] == "Updating", seconds=150)
            meanwhile()
        self.wait_for(
            lambda: any(len(self._executions(each)) > count for each, count in before.items()),
            seconds=150,
        )
        if len(self._executions(status)) == before[status]:
            (other,) = set(before) - {status}
            pytest.fail(f"it ended otherwise: {self._why(self._executions(other)[0])}")

    def endpoint(self) -> Any:
        """Describe the endpoint."""
        name = self.outputs["EndpointName"]
        return self.sandbox.client("sagemaker").describe_endpoint(EndpointName=name)

    def weights(self) -> dict[str, float]:
        """Tell the weight of each variant."""
        return {v["VariantName"]: v["CurrentWeight"] for v in self.endpoint()["ProductionVariants"]}

    def turn(self) -> Any:
        """Read what is noted of the endpoint."""
        table = self.outputs["TurnsTableName"]
        key = {"entry": {"S": self.outputs["EndpointName"]}}
        item = self.sandbox.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
        return {name: value["S"] for name, value in item.items()}

    def _executions(self, status: str) -> list[Any]:
        found: list[Any] = self.sandbox.client("stepfunctions").list_executions(
            stateMachineArn=self.outputs["DeployStateMachineArn"], statusFilter=status
        )["executions"]
        return found

    def _why(self, execution: Any) -> Any:
        machines = self.sandbox.client("stepfunctions")
        arn = execution["executionArn"]
        events = machines.get_execution_history(executionArn=arn, reverseOrder=True, maxResults=12)[
            "events"
        ]
        failures = [
            self.download("FailuresBucketName", key) for key in self.keys("FailuresBucketName")[-1:]
        ]
        cause = machines.describe_execution(executionArn=arn).get("cause")
        return cause, failures, self.sandbox.problems(), events[:3]


class Trainer:
    """Whoever trains: a group of packages, a bucket of archives, both published by name."""

    def __init__(self, sandbox: Any, folder: Path, stage: str = STAGE) -> None:
        trainer = f"ModelTraining-{stage}"
        self._group = trainer.lower()
        self._sagemaker, self._s3 = sandbox.client("sagemaker"), sandbox.client("s3")
        self._folder, self._reference = folder, reference(folder)
        self._bucket = f"{self._group}-artifacts-{uuid.uuid4().hex[:12]}"
        self._s3.create_bucket(Bucket=self._bucket)
        self._sagemaker.create_model_package_group(ModelPackageGroupName=self._group)
        for name, value in {
            "model-package-group": self._group,
            "artifacts-bucket": self._bucket,
        }.items():
            sandbox.client("ssm").put_parameter(
                Name=f"/{trainer}/{name}", Value=value, Type="String"
            )

    def register(self, properties: Mapping[str, str] | None = None, **changed: bytes) -> str:
        """Register a version that waits for approval; what is ``changed`` are files of it."""
        arn = self.register_containers(self.own_container(**changed))
        if properties:
            self._sagemaker.update_model_package(
                ModelPackageArn=arn, CustomerMetadataProperties=dict(properties)
            )
        return arn

    def own_container(self, **changed: bytes) -> Mapping[str, Any]:
        """Describe the container of the model, with its code."""
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            for name, body in {**self._files(), **changed}.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(body)
                archive.addfile(entry, io.BytesIO(body))
        script = {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        }
        return self.container(content.getvalue(), script)

    def container(self, archive: bytes, environment: Mapping[str, str]) -> Mapping[str, Any]:
        """Describe a container of AWS's image for an archive, which is kept."""
        key = f"executions/{uuid.uuid4().hex}/model.tar.gz"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=archive)
        return {
            "Image": f"{'0' * 12}.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5",
            "ModelDataUrl": f"s3://{self._bucket}/{key}",
            "Environment": dict(environment),
        }

    def register_containers(self, *containers: Mapping[str, Any]) -> str:
        """Register a version of these containers, in the order of a request."""
        named = [
            {"ContainerHostname": f"step-{number}", **each}
            for number, each in enumerate(containers, start=1)
        ]
        beside = f"executions/{uuid.uuid4().hex}/reference.json"
        self._s3.put_object(Bucket=self._bucket, Key=beside, Body=self._reference)
        statistics = {"ContentType": "application/json", "S3Uri": f"s3://{self._bucket}/{beside}"}
        arn: str = self._sagemaker.create_model_package(
            ModelPackageGroupName=self._group,
            ModelApprovalStatus="PendingManualApproval",
            ModelMetrics={"ModelDataQuality": {"Statistics": statistics}},
            InferenceSpecification={
                "Containers": named if len(named) > 1 else list(containers),
                "SupportedContentTypes": ["application/json"],
                "SupportedResponseMIMETypes": ["application/json"],
                "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
            },
        )["ModelPackageArn"]
        return arn

    def approve(self, arn: str) -> None:
        """Say that a version may serve."""
        self._sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")

    def handlers(self) -> bytes:
        """Read what serves the model."""
        return (CODE / "inference.py").read_bytes()

    def file(self, name: str) -> bytes:
        """Read a file of the archive."""
        return (self._folder / name).read_bytes()

    def known(self) -> Any:
        """Read the rows that travel with the model, and what it told of them."""
        return json.loads((self._folder / "known_rows.json").read_bytes())

    def _files(self) -> dict[str, bytes]:
        files = {path.name: path.read_bytes() for path in sorted(self._folder.iterdir())}
        for path in sorted(CODE.glob("*.py")):
            files[f"code/model_training/{path.name}"] = path.read_bytes()
        files["code/inference.py"] = (CODE / "inference.py").read_bytes()
        return files


@pytest.fixture(scope="session")
def assembly(assemblies):
    """Build it with nobody who trains."""
    return str(assemblies.build(only=[NAME], stage=STAGE, overrides=SETTINGS))


@pytest.fixture(scope="session")
def hosting(sandbox, assembly):
    """Deploy it, and take it away with all that its machine has made, in whichever order."""
    made = Hosting(sandbox, sandbox.deploy(NAME, app=assembly)[STACK])
    yield made
    sandbox.destroy(NAME, app=assembly)
    sagemaker, endpoint = sandbox.client("sagemaker"), made.outputs["EndpointName"]
    assert not sagemaker.list_endpoints(NameContains=endpoint)["Endpoints"]
    assert not sagemaker.list_endpoint_configs(NameContains=endpoint)["EndpointConfigs"]
    assert not sagemaker.list_models(NameContains=endpoint)["Models"]


@pytest.fixture(scope="session")
def trainer(sandbox, tmp_path_factory):
    """Train one small model, which is registered as often as a test likes."""
    folder = tmp_path_factory.mktemp("model")
    write_archive(folder)
    return Trainer(sandbox, folder)


@pytest.fixture(scope="session")
def trainer_of():
    """Give the class of whoever trains, for a stage of a test's own."""
    return Trainer


@pytest.fixture(scope="session")
def hosting_of():
    """Give the class of a deployed stack, for one of a test's own."""
    return Hosting
