"""The real CDK command line, against the sandbox, with a small app of its own."""

import os
import subprocess
import sys

import pytest

from sandbox.host import deploy, process
from sandbox.host.environment import tool_environment
from sandbox.host.process import SandboxError

APP = """
from aws_cdk import App, CfnOutput, CustomResource, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3, aws_s3_notifications as notifications, aws_sqs as sqs

app = App(builtin_cloud_formation_validation=False)  # which takes most of a synthesis
stack = Stack(app, "Tiny")
bucket = s3.Bucket(
    stack, "Bucket", enforce_ssl=True, auto_delete_objects=True,
    removal_policy=RemovalPolicy.DESTROY,
)
queue = sqs.Queue(stack, "Queue")
bucket.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.SqsDestination(queue))
CfnOutput(stack, "BucketName", value=bucket.bucket_name)
CfnOutput(stack, "QueueUrl", value=queue.queue_url)
CfnOutput(stack, "Colour", value=app.node.try_get_context("colour") or "none")

broken = Stack(app, "Broken")
CustomResource(broken, "Thing", service_token=broken.format_arn(
    service="lambda", resource="function:nobody"
))
app.synth()
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Write the app; gives the arguments that deploy it."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "tiny.py").write_text(APP)
    return {"app": f"{sys.executable} tiny.py", "cwd": folder}


def test_a_stack_is_deployed_used_and_destroyed(sandbox, app, capsys):
    made = sandbox.deploy("Tiny", context={"colour": "blue"}, **app)
    assert made["Tiny"] == sandbox.outputs("Tiny")
    assert made["Tiny"]["Colour"] == "blue"
    assert "Tiny" in capsys.readouterr().out

    s3, bucket = sandbox.client("s3"), made["Tiny"]["BucketName"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    received = sandbox.client("sqs").receive_message(
        QueueUrl=made["Tiny"]["QueueUrl"], WaitTimeSeconds=5, MaxNumberOfMessages=10
    )
    assert any('"s3:' in message["Body"] for message in received["Messages"])

    source = app["cwd"] / "tiny.py"
    aside = source.rename(app["cwd"] / "aside.py")  # what was deployed is not synthesized again
    sandbox.destroy("Tiny", context={"colour": "blue"}, **app)
    aside.rename(source)
    assert bucket not in [held["Name"] for held in s3.list_buckets()["Buckets"]]
    stacks = sandbox.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])
    assert "Tiny" not in [stack["StackName"] for stack in stacks["StackSummaries"]]


def test_a_failed_deploy_says_which_resource_and_why(sandbox, app):
    with pytest.raises(SandboxError, match=r"Thing \(.+\): .*nobody.* not found"):
        sandbox.deploy("Broken", **app)


def test_it_is_bootstrapped_as_the_command_line_would_do_it(sandbox):
    sandbox.bootstrap()
    cloudformation = sandbox.client("cloudformation")

    def described():
        [stack] = cloudformation.describe_stacks(StackName="CDKToolkit")["Stacks"]
        return [sorted(stack[part], key=str) for part in ("Parameters", "Outputs", "Capabilities")]

    before = described()
    # Where there is no cdk.json, because no app is needed for this.
    account = sandbox.client("sts").get_caller_identity()["Account"]
    said = cdk(sandbox, process.HOME, "bootstrap", f"aws://{account}/us-east-1")
    assert "bootstrapped (no changes)" in said
    assert described() == before


def test_it_may_be_deployed_by_a_change_set_too(sandbox, app):
    words = ("--app", app["app"], "--require-approval", "never", "--output", "by-change-set")
    said = cdk(sandbox, app["cwd"], "deploy", "Tiny", *words, "-c", "colour=red")
    assert "creating CloudFormation changeset" in said
    assert sandbox.outputs("Tiny")["Colour"] == "red"
    sandbox.destroy("Tiny", app="by-change-set", cwd=app["cwd"])


def cdk(sandbox, folder, *words):
    """Run the command line by hand, as a person would; gives all that it says."""
    environment = tool_environment(
        os.environ, port=sandbox.server.port, home=process.HOME / "home", path=process.tool_path()
    )
    done = subprocess.run(  # noqa: S603 (our pinned CDK)
        deploy.command(words), cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
