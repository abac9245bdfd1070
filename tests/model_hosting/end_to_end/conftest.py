"""Hosting as a person has it: deployed by the CDK CLI, IAM on, asked by signed requests."""

import http.client
import io
import json
import tarfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from testing.model_archive import write_archive
from testing.operator import Operator

# A stage of its own, as whoever trains in tests has the names of none.
STAGE, NAME = "prod", "ModelHosting"
STACK = f"{NAME}-{STAGE}"
CODE = Path(__file__).parents[3] / "jobs" / "model_training"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "model_hosting.weights_seconds": 1,
}


class Hosting(Operator):
    """Also asks the API."""

    def predict(
        self, body: bytes, *, signed: bool = True, content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Post to the API as a caller of this account, or as nobody; gives status and answer."""
        url = urlsplit(self.outputs["ApiUrl"])
        server = urlsplit(self.sandbox.endpoint)
        # The emulator knows APIs by this name of theirs.
        host = f"{url.netloc.partition('.')[0]}.execute-api.{server.hostname}"
        request = AWSRequest("POST", f"http://{host}{url.path}", data=body)
        request.headers["Content-Type"] = content_type
        if signed:
            session = boto3.Session(**_keys(self.sandbox.environment()))
            region, keys = session.region_name, session.get_credentials()
            SigV4Auth(keys, "execute-api", region).add_auth(request)
        connection = http.client.HTTPConnection(server.netloc, timeout=60)
        headers = {**dict(request.headers.items()), "Host": host}
        connection.request("POST", url.path, body=body, headers=headers)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        return reply.status, json.loads(text)


class Trainer:
    """Whoever trains: a group of packages, a bucket of archives, both published by name."""

    def __init__(self, sandbox: Any, folder: Path, stage: str = STAGE) -> None:
        trainer = f"ModelTraining-{stage}"
        self._group = trainer.lower()
        self._sagemaker, self._s3 = sandbox.client("sagemaker"), sandbox.client("s3")
        self._folder = folder
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

    def register(self, **changed: bytes) -> str:
        """Register a version that waits for approval; what is ``changed`` are files of it."""
        return self.register_containers(self.own_container(**changed))

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
        arn: str = self._sagemaker.create_model_package(
            ModelPackageGroupName=self._group,
            ModelApprovalStatus="PendingManualApproval",
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

    def known(self) -> Any:
        """Read the rows that travel with the model, and what it told of them."""
        return json.loads((self._folder / "known_rows.json").read_bytes())

    def _files(self) -> dict[str, bytes]:
        files = {path.name: path.read_bytes() for path in sorted(self._folder.iterdir())}
        for path in sorted(CODE.glob("*.py")):
            files[f"code/model_training/{path.name}"] = path.read_bytes()
        files["code/inference.py"] = (CODE / "inference.py").read_bytes()
        return files


def _keys(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "region_name": environment["AWS_DEFAULT_REGION"],
    }


@pytest.fixture(scope="session")
def assembly(assemblies):
    """Build it with nobody who trains."""
    return str(assemblies.build(only=[NAME], stage=STAGE, overrides=SETTINGS))


@pytest.fixture(scope="session")
def hosting(sandbox, assembly):
    """Deploy it."""
    return Hosting(sandbox, sandbox.deploy(NAME, app=assembly)[STACK])


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
