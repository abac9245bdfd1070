"""Models whose handlers do what their model file says, and endpoints that have them."""

import io
import json
import tarfile
import time
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

from sandbox.services.sagemaker.roles import PRINCIPAL

RIGHTS = (
    *("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
    *("kms:Decrypt", "kms:GenerateDataKey", "sns:Publish"),
)
HANDLERS = """
import json, os, time
from sagemaker_inference.errors import GenericInferenceToolkitError
def model_fn(model_dir):
    with open(os.path.join(model_dir, "model.json")) as file:
        model = json.load(file)
    if model.get("ends_at_load"):
        print("what is wrong", flush=True)
        os._exit(3)
    if model.get("fails_to_load"):
        raise RuntimeError(model["fails_to_load"])
    return model
def input_fn(data, content_type):
    if content_type not in ("application/json", "text/csv"):
        raise GenericInferenceToolkitError(415, f"{content_type} is not taken")
    return data if content_type == "text/csv" else json.loads(data)
def predict_fn(rows, model):
    time.sleep(model.get("seconds", 0))
    if model.get("exits"):
        os._exit(3)
    if model.get("raises"):
        raise RuntimeError(model["raises"])
    if model.get("reaches"):
        import socket
        try:
            socket.create_connection(("127.0.0.1", model["reaches"]), 2).close()
            return {"reached": True}
        except OSError:
            return {"reached": False}
    return {"answer": model["answer"], "rows": rows, "environment": os.environ.get("TOLD")}
def output_fn(prediction, accept, context):
    if prediction.get("rows") == ["refused"]:
        context.set_response_status(code=400, phrase="Bad Request")
        return json.dumps({"error": "no such row"}), "application/json"
    if accept == "text/csv":
        return str(prediction["answer"]), "text/csv"
    return json.dumps(prediction), "application/json"
"""
INSTANCES = {"InitialInstanceCount": 2, "InstanceType": "ml.m5.large"}


def archived(model, handlers=HANDLERS):
    """Make an archive of a model and its handlers."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, text in (("model.json", json.dumps(model)), ("code/inference.py", handlers)):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return content.getvalue()


@pytest.fixture
def archive_of():
    """Make an archive of a model that tells what is right."""
    return archived({"answer": "right"})


@pytest.fixture(scope="session")
def image():
    """Name the image that runs here."""
    account = "0" * 12
    return f"{account}.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"


@pytest.fixture
def hosting_role(role_for, statement):
    """Make a role that SageMaker may assume, with some actions on anything."""
    return lambda *actions: role_for(PRINCIPAL, statement(*(actions or RIGHTS)))


@pytest.fixture
def model_data(sandbox, make_bucket, unique):
    """Put a model into a bucket; gives its URI."""

    def put(bucket=None, handlers=HANDLERS, **model):
        bucket, key = bucket or make_bucket(), f"{unique('model')}.tar.gz"
        body = archived({"answer": "right", **model}, handlers)
        sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return f"s3://{bucket}/{key}"

    return put


@pytest.fixture
def container(image):
    """Define a container in script mode."""

    def define(uri, **environment):
        script = {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        }
        return {"Image": image, "ModelDataUrl": uri, "Environment": script | environment}

    return define


@pytest.fixture
def make_model(contract, hosting_role, model_data, container, unique):
    """Make a model; gives its name. ``of`` is what its model file says."""

    def make(role=None, more=None, **of):
        name = unique("model")
        contract("sagemaker").create_model(
            ModelName=name,
            PrimaryContainer=container(model_data(**of)),
            ExecutionRoleArn=role or hosting_role(),
            **(more or {}),
        )
        return name

    return make


@pytest.fixture
def make_config(contract, unique):
    """Make a configuration of variants, given by their names and models."""

    def make(more=None, /, **variants):
        name = unique("config")
        contract("sagemaker").create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {"VariantName": variant, **(of if "ServerlessConfig" in of else INSTANCES | of)}
                for variant, of in (
                    (variant, of if isinstance(of, dict) else {"ModelName": of})
                    for variant, of in variants.items()
                )
            ],
            **(more or {}),
        )
        return name

    return make


@pytest.fixture
def make_endpoint(contract, unique, settled):
    """Make an endpoint of a configuration, gone after the test; gives its name."""
    made = []

    def make(config, *, wait=True, **more):
        name = unique("endpoint")
        contract("sagemaker").create_endpoint(EndpointName=name, EndpointConfigName=config, **more)
        made.append(name)
        if wait:
            assert settled(name)["EndpointStatus"] == "InService"
        return name

    yield make
    for name in made:
        with suppress(ClientError):
            settled(name)
            contract("sagemaker").delete_endpoint(EndpointName=name)


@pytest.fixture
def settled(sandbox, contract):
    """Wait until an endpoint is not at work any more; time passes meanwhile."""

    def wait(name):
        until = time.monotonic() + 60
        while True:
            shown = contract("sagemaker").describe_endpoint(EndpointName=name)
            if not shown["EndpointStatus"].endswith("ing") and shown["EndpointStatus"] != (
                "RollingBack"
            ):
                return shown
            assert time.monotonic() < until, shown
            sandbox.pass_time()

    return wait


@pytest.fixture
def ask(sandbox):
    """Invoke an endpoint; gives what the model said."""

    def invoke(endpoint, rows=None, **more):
        reply = sandbox.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint,
            Body=json.dumps(rows or [1]).encode(),
            ContentType="application/json",
            **more,
        )
        return json.loads(reply["Body"].read())

    return invoke


@pytest.fixture
def canary():
    """Spell a deployment that gives half of the traffic to the new fleet first."""

    def spell(*alarms, kind="CANARY", wait=300, last=60):
        size = {"Type": "CAPACITY_PERCENT", "Value": 50}
        parts = {"CANARY": {"CanarySize": size}, "LINEAR": {"LinearStepSize": size}}
        routing = {"Type": kind, "WaitIntervalInSeconds": wait, **parts.get(kind, {})}
        config = {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": routing,
                "TerminationWaitInSeconds": last,
                "MaximumExecutionTimeoutInSeconds": 3600,
            }
        }
        if alarms:
            named = [{"AlarmName": alarm} for alarm in alarms]
            config["AutoRollbackConfiguration"] = {"Alarms": named}
        return config

    return spell
