"""Small things to put into the running sandbox."""

import io
import json
import time
import uuid
import zipfile

import pytest


@pytest.fixture
def faults(sandbox):
    """Put fault rules in force for one test; gives the function that does."""
    yield sandbox.faults
    sandbox.faults([])


@pytest.fixture
def unique():
    """Name things so that tests never meet in the one sandbox they share."""
    return lambda stem: f"{stem}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def eventually():
    """Wait until something is found, and return it."""

    def wait(look):
        until = time.monotonic() + 10
        while not (found := look()):
            assert time.monotonic() < until, "it did not happen within 10 s"
            time.sleep(0.05)
        return found

    return wait


@pytest.fixture
def queue(sandbox, unique):
    """Make a queue; gives its URL and ARN."""

    def make(**attributes: str) -> tuple[str, str]:
        sqs = sandbox.client("sqs")
        url = sqs.create_queue(QueueName=unique("queue"), Attributes=attributes)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, found["Attributes"]["QueueArn"]

    return make


@pytest.fixture
def function(sandbox, unique):
    """Create Lambda functions from source; gives (function name, role name)."""

    def create(source, *, policy=None, timeout=10):
        iam, name = sandbox.client("iam"), unique("function")
        trust = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        }
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        if policy:
            document = {"Version": "2012-10-17", "Statement": policy}
            iam.put_role_policy(
                RoleName=name, PolicyName="grants", PolicyDocument=json.dumps(document)
            )
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("index.py", source)
        sandbox.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="index.handler",
            Timeout=timeout,
            Code={"ZipFile": archive.getvalue()},
        )
        return name

    return create


@pytest.fixture
def invoke(sandbox):
    """Invoke a function; gives (its answer, the error's name or None)."""

    def call(name, event=None):
        reply = sandbox.client("lambda").invoke(
            FunctionName=name, Payload=json.dumps(event or {}).encode()
        )
        return json.loads(reply["Payload"].read()), reply.get("FunctionError")

    return call
