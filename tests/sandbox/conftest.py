"""Small things to put into the running sandbox, and principals with the rights a test names."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

POLICY = "2012-10-17"


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
    """Create Lambda functions from source, gone with their event sources after the test."""
    lambda_, names = sandbox.client("lambda"), []

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
        lambda_.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="index.handler",
            Timeout=timeout,
            Code={"ZipFile": archive.getvalue()},
        )
        names.append(name)
        return name

    yield create
    for name in names:
        for mapping in lambda_.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            lambda_.delete_event_source_mapping(UUID=mapping["UUID"])
        with suppress(lambda_.exceptions.ResourceNotFoundException):
            lambda_.delete_function(FunctionName=name)


@pytest.fixture
def invoke(sandbox):
    """Invoke a function; gives (its answer, the error's name or None)."""

    def call(name, event=None):
        reply = sandbox.client("lambda").invoke(
            FunctionName=name, Payload=json.dumps(event or {}).encode()
        )
        return json.loads(reply["Payload"].read()), reply.get("FunctionError")

    return call


def members_unknown_to(shape, value, path=""):
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path}.{name}"
            else:
                yield from members_unknown_to(shape.members[name], inner, f"{path}.{name}")
    elif shape.type_name == "list":
        for inner in value:
            yield from members_unknown_to(shape.member, inner, f"{path}[]")


def keep_to_the_model(operation_model, response_dict, **_):
    """Compare a reply, as it came over the wire, with the shape that AWS publishes."""
    shape = operation_model.output_shape
    if response_dict["status_code"] == 200 and shape is not None:
        reply = json.loads(response_dict["body"])
        assert ParamValidator().validate(reply, shape).generate_report() == ""
        assert [*members_unknown_to(shape, reply)] == []


@pytest.fixture(scope="session")
def contract(sandbox):
    """Make a client whose every reply must have the shape of the API and nothing else."""

    @cache
    def client(service, **config):
        made = sandbox.client(service, **config)
        made.meta.events.register(f"before-parse.{service}", keep_to_the_model)
        return made

    return client


@pytest.fixture
def refused():
    """Call, expect an error, and give (its code, its message)."""

    def call(operation, **arguments):
        with pytest.raises(ClientError) as raised:
            operation(**arguments)
        error = raised.value.response["Error"]
        return error["Code"], error.get("Message", "")

    return call


@pytest.fixture
def role_of(sandbox, unique):
    """Make a role that Step Functions and this account may assume, with these actions."""

    def make(*actions, on="*"):
        iam, name = sandbox.client("iam"), unique("role")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com", "AWS": "*"},
            "Action": "sts:AssumeRole",
        }
        rights = {"Effect": "Allow", "Action": list(actions), "Resource": on}
        trusts, document = (
            json.dumps({"Version": "2012-10-17", "Statement": statement})
            for statement in (trust, rights)
        )
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusts)["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document)
        return role["Arn"]

    return make


@pytest.fixture
def allowed_to(sandbox, role_of):
    """Make a client that may do only what is named."""

    def client(service, *actions, on="*"):
        assumed = sandbox.client("sts").assume_role(
            RoleArn=role_of(*actions, on=on), RoleSessionName="test"
        )
        keys = assumed["Credentials"]
        credentials = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        return sandbox.client(service, credentials=credentials)

    return client


@pytest.fixture
def run_task(sandbox, unique, role_of, eventually):
    """Run one call of an API as the only task of a state machine; gives (status, what came out)."""

    def run(action, arguments, *rights):
        states, role = sandbox.client("stepfunctions"), role_of(*rights)
        partition = role.split(":")[1]
        task = {
            "Type": "Task",
            "Resource": f"arn:{partition}:states:::aws-sdk:{action}",
            "Arguments": arguments,
            "End": True,
        }
        definition = {"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": task}}
        machine = states.create_state_machine(
            name=unique("machine"), definition=json.dumps(definition), roleArn=role
        )["stateMachineArn"]
        started = states.start_execution(stateMachineArn=machine)["executionArn"]

        def ended():
            seen = states.describe_execution(executionArn=started)
            return seen if seen["status"] != "RUNNING" else None

        seen = eventually(ended)
        if seen["status"] == "SUCCEEDED":
            return "SUCCEEDED", json.loads(seen["output"])
        return seen["error"], seen["cause"]

    return run


@pytest.fixture(scope="session")
def account(sandbox):
    return sandbox.client("sts").get_caller_identity()["Account"]


@pytest.fixture(scope="session")
def arn(sandbox, account):
    """Spell an ARN of this account; S3's have no region and no account, IAM's no region."""
    partition = sandbox.client("sts").get_caller_identity()["Arn"].split(":")[1]

    def spell(service: str, resource: str) -> str:
        place = {"s3": ":", "iam": f":{account}"}.get(service, f"us-east-1:{account}")
        return f"arn:{partition}:{service}:{place}:{resource}"

    return spell


@pytest.fixture
def name():
    """Make names that no other test uses."""
    return lambda kind: f"{kind}-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def statement():
    """Spell one policy statement."""

    def spell(*actions: str, on: Any = "*", **rest: Any) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": list(actions), "Resource": on, **rest}

    return spell


@pytest.fixture
def policy():
    """Spell a policy of statements."""
    return lambda *statements: json.dumps({"Version": POLICY, "Statement": list(statements)})


@pytest.fixture
def make_role(sandbox, name, policy):
    """Make a role that lambda.amazonaws.com and this account may assume."""

    def make(*statements: dict[str, Any]) -> Any:
        iam, role_name = sandbox.client("iam"), name("role")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com", "AWS": "*"},
            "Action": "sts:AssumeRole",
        }
        made = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=policy(trust))
        if statements:
            iam.put_role_policy(
                RoleName=role_name, PolicyName="rights", PolicyDocument=policy(*statements)
            )
        return made["Role"]["Arn"]

    return make


@pytest.fixture
def role_for(sandbox, name, policy):
    """Make a role that one service may assume, with exactly these rights."""

    def make(service: str, *statements: dict[str, Any]) -> str:
        iam, role_name = sandbox.client("iam"), name("role")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        made = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=policy(trust))
        if statements:
            iam.put_role_policy(
                RoleName=role_name, PolicyName="rights", PolicyDocument=policy(*statements)
            )
        arn: str = made["Role"]["Arn"]
        return arn

    return make


@pytest.fixture
def as_role(sandbox, make_role) -> Callable[..., Callable[[str], Any]]:
    """Make clients that hold exactly the given statements."""

    def assume(*statements: dict[str, Any]) -> Callable[[str], Any]:
        arn = make_role(*statements)
        session = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
        keys = session["Credentials"]
        credentials = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        return lambda service: sandbox.client(service, credentials=credentials)

    return assume


@pytest.fixture
def key(sandbox):
    """Make a KMS key; without a policy its use is up to IAM policies."""

    def make(policy: str | None = None) -> Any:
        extra = {"Policy": policy} if policy else {}
        return sandbox.client("kms").create_key(**extra)["KeyMetadata"]["Arn"]

    return make


@pytest.fixture
def make_bucket(sandbox, name):
    """Make a bucket, versioned and encrypted with a key when asked to."""

    def make(key: str | None = None, *, versioned: bool = False, bucket_key: bool = False) -> Any:
        s3, bucket_name = sandbox.client("s3"), name("bucket")
        s3.create_bucket(Bucket=bucket_name)
        if key:
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
            rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}
            s3.put_bucket_encryption(
                Bucket=bucket_name, ServerSideEncryptionConfiguration={"Rules": [rule]}
            )
        if versioned:
            s3.put_bucket_versioning(
                Bucket=bucket_name, VersioningConfiguration={"Status": "Enabled"}
            )
        return bucket_name

    return make
