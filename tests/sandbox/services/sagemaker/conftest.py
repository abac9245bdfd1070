"""Jobs of a few lines in the running sandbox, each with a role that may do what it says."""

import io
import json
import tarfile
import time
from typing import Any

import pytest
from botocore import xform_name

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
OVER = ("Completed", "Failed", "Stopped")
SECONDS = 90  # a job takes two, on a machine that may be busy


@pytest.fixture(scope="session")
def sagemaker(contract):
    """Keep every reply to the shape of the API."""
    return contract("sagemaker")


@pytest.fixture
def s3(sandbox):
    return sandbox.client("s3")


@pytest.fixture(scope="session")
def bucket(sandbox):
    name = "sagemaker-jobs"
    sandbox.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def put(s3, bucket, unique):
    """Write files below a prefix of the test's own; gives its URI."""

    def write(**files):
        prefix = unique("files")
        for name, text in files.items():
            s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=text.encode())
        return f"s3://{bucket}/{prefix}"

    return write


@pytest.fixture
def read(s3):
    """Read an object by its URI."""

    def get(uri):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    return get


@pytest.fixture
def packed(read):
    """Read what a ``tar.gz`` in S3 holds: texts by the names of files."""

    def unpack(uri):
        with tarfile.open(fileobj=io.BytesIO(read(uri))) as found:
            named = {member.name: found.extractfile(member) for member in found.getmembers()}
            return {name: file.read().decode() for name, file in named.items() if file}

    return unpack


@pytest.fixture
def code(s3, bucket, unique):
    """Pack a script as ``train.py``; gives the archive's URI."""

    def pack(script):
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w:gz") as archive:
            info = tarfile.TarInfo("train.py")
            info.size = len(script.encode())
            archive.addfile(info, io.BytesIO(script.encode()))
        key = f"{unique('code')}/sourcedir.tar.gz"
        s3.put_object(Bucket=bucket, Key=key, Body=body.getvalue())
        return f"s3://{bucket}/{key}"

    return pack


@pytest.fixture
def role(role_for, statement):
    """Make a role that SageMaker may assume, with these actions."""

    def make(*actions, on="*"):
        return role_for("sagemaker.amazonaws.com", statement(*actions, on=on))

    return make


@pytest.fixture
def asked(bucket, unique, code, role):
    """Compose the request of a training job that runs a script."""

    def compose(script, *, channels=None, hyperparameters=None, **more):
        actions = more.pop("actions", ("s3:*", "logs:*"))
        if channels:  # none at all is not an empty list
            more["InputDataConfig"] = [channel(name, uri) for name, uri in channels.items()]
        return {
            "TrainingJobName": unique("Job"),
            "RoleArn": role(*actions),
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "HyperParameters": {
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": code(script),
                **(hyperparameters or {}),
            },
            "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/models"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 5,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": SECONDS},
            **more,
        }

    return compose


def channel(name, uri):
    source = {"S3DataType": "S3Prefix", "S3Uri": uri}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


@pytest.fixture
def ended(sagemaker):
    """Wait for the end of a training or processing job, and describe it."""

    def wait(name, kind="Training"):
        describe = getattr(sagemaker, xform_name(f"Describe{kind}Job"))
        until = time.monotonic() + SECONDS
        while (seen := describe(**{f"{kind}JobName": name}))[f"{kind}JobStatus"] not in OVER:
            assert time.monotonic() < until, f"{name} did not end: {seen}"
            time.sleep(0.1)
        return seen

    return wait


@pytest.fixture
def trained(sagemaker, asked, ended):
    """Run a script as a training job to its end."""

    def run(script, **more):
        request = asked(script, **more)
        sagemaker.create_training_job(**request)
        return ended(request["TrainingJobName"])

    return run


@pytest.fixture
def printed(sandbox):
    """Read what a job printed."""

    def lines(name, kind="Training"):
        logs, group = sandbox.client("logs"), f"/aws/sagemaker/{kind}Jobs"
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")
        return [
            event["message"]
            for stream in streams["logStreams"]
            for event in logs.get_log_events(
                logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
            )["events"]
        ]

    return lines


@pytest.fixture
def events(sandbox, queue, unique, eventually):
    """Collect the events that SageMaker sends to the default bus; gives a function to read them."""
    url, arn = queue()
    bus, sqs, name = sandbox.client("events"), sandbox.client("sqs"), unique("rule")
    rule = bus.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.sagemaker"]}))
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule["RuleArn"]}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    bus.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    seen: list[dict[str, Any]] = []

    def wait(wanted):
        def look():
            found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            seen.extend(json.loads(message["Body"]) for message in found.get("Messages", []))
            return next(filter(wanted, seen), None)

        return eventually(look)

    yield wait
    bus.remove_targets(Rule=name, Ids=["queue"])
    bus.delete_rule(Name=name)
