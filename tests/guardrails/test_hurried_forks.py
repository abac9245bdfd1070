"""Forks that a hurried team would write, by the real command line: each fails and says why."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from testing.command_line import ROOT, cdk, run

ARCHITECTURE = "RetailDemographics"
REGION = {"AWS_REGION": "eu-west-1"}
PARTS = ("app.py", "cdk.json", "config", "guardrails", "jobs", "lambda", "stacks")

FORKS = {
    "everything at once": (
        """
from aws_cdk import CfnResource, Fn
role = CfnResource(stack, "Admin", type="AWS::IAM::Role", properties={
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "sagemaker.amazonaws.com"}}]},
    "ManagedPolicyArns": [Fn.sub("arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess")]})
CfnResource(stack, "Notebook", type="AWS::SageMaker::NotebookInstance", properties={
    "InstanceType": "ml.t3.medium", "RoleArn": Fn.get_att("Admin", "Arn").to_string(),
    "RootAccess": "Enabled", "DirectInternetAccess": "Enabled"})
CfnResource(stack, "Jobs", type="AWS::SQS::Queue")
CfnResource(stack, "Open", type="AWS::SQS::QueuePolicy", properties={
    "Queues": [Fn.ref("Jobs")], "PolicyDocument": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]}})
""",
        ("MlLens-ACC5", "MlLens-SMK6", "MlLens-ACC3", "RetailDemographics/Notebook", "RootAccess"),
    ),
    "an override": (
        """
from aws_cdk import Fn
from aws_cdk.aws_iam import CfnRole
role = next(child for child in stack.node.find_all() if isinstance(child, CfnRole))
role.add_property_override("ManagedPolicyArns", [
    {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}])
""",
        ("MlLens-ACC5", "AdministratorAccess", "write the actions that are needed"),
    ),
    "an aspect after the guard": (
        """
import jsii
from aws_cdk import Aspects, IAspect

@jsii.implements(IAspect)
class Opens:
    def visit(self, node):
        if getattr(node, "cfn_resource_type", "") == "AWS::S3::Bucket":
            node.add_property_override("PublicAccessBlockConfiguration.BlockPublicPolicy", False)

Aspects.of(app).add(Opens())
""",
        ("MlLens-ACC3", "BlockPublicPolicy is not true", "block_public_access=BLOCK_ALL"),
    ),
    "a nested template by URL": (
        """
from aws_cdk import CfnStack
CfnStack(stack, "Legacy", template_url="https://templates.example/legacy.json")
""",
        ("MlLens-TPL1", "RetailDemographics/Legacy", "leads to no template of this assembly"),
    ),
}
# What runs each fork: the command, and what it is to do afterwards.
COMMANDS = {
    "everything at once": ("deploy", "--all", "--require-approval", "never"),
    "an override": ("deploy", "RetailDemographics", "--exclusively", "--hotswap"),
    "an aspect after the guard": ("deploy", "--all", "--method=prepare-change-set"),
    "a nested template by URL": ("synth", "--all", "--ignore-errors"),
}


def fork(directory, name):
    """Copy what a synthesis needs, keep the architecture that changes, and change its app."""
    for part in PARTS:
        source = ROOT / part
        copied = shutil.copytree if source.is_dir() else shutil.copy
        copied(source, directory / part)
    settings = json.loads((directory / "cdk.json").read_text("utf-8"))
    settings["context"]["arch"] = ARCHITECTURE
    (directory / "cdk.json").write_text(json.dumps(settings), "utf-8")
    text = (directory / "app.py").read_text("utf-8")
    changed = "".join(f"    {line}\n" for line in FORKS[name][0].splitlines())
    before, found, after = text.rpartition("    return app\n")
    assert found
    stack = f'    stack = app.node.find_child("{ARCHITECTURE}")\n'
    (directory / "app.py").write_text(f"{before}{stack}{changed}{found}{after}", "utf-8")


@pytest.fixture(scope="module", params=FORKS)
def refused(request, tmp_path_factory):
    """Run one fork by the command line of CDK."""
    directory = tmp_path_factory.mktemp("fork")
    fork(directory, request.param)
    app = f"{sys.executable} app.py"
    return (
        request.param,
        directory,
        cdk(directory, *COMMANDS[request.param], "--app", app, **REGION),
    )


def test_a_fork_is_refused_and_told_what_where_and_how_to_mend_it(refused):
    name, _, (code, said) = refused
    assert code == 1, said
    assert not [word for word in FORKS[name][1] if word not in said]
    findings = said.split("ERROR ")[1:]
    assert findings
    assert not [told for told in findings if "Suggested fix" not in told]


def test_what_was_refused_cannot_be_deployed_by_its_assembly(refused):
    _, directory, _ = refused
    for more in ((), ("--ignore-errors",)):
        code, said = cdk(directory, "deploy", "--all", "--app", "cdk.out", *more, **REGION)
        assert code == 1, said
    assert not list(Path(directory, "cdk.out").rglob("*.template.json"))


def test_plain_python_and_pytest_refuse_it_too(tmp_path):
    fork(tmp_path, "an override")
    code, said = run(tmp_path, (sys.executable, "app.py"), **REGION)
    assert code == 1
    assert "MlLens-ACC5" in said
    test = (
        "from app import build_app\nfrom guardrails import gate\ndef test_it(): gate(build_app())\n"
    )
    (tmp_path / "test_it.py").write_text(test)
    pytest_alone = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    code, said = run(tmp_path, pytest_alone, **REGION)
    assert code == 1
    assert "AdministratorAccess" in said
