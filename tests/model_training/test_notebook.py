"""The notebook, where a setting wants one: closed, private, its own, and stopped when idle."""

import json
import subprocess
from functools import partial

import pytest

from guardrails import ALL_PACKS
from stacks.settings import SettingsError, load_settings
from testing.templates import of_type, readable, statements

STACK = "ModelTraining"
WANTED = {"model_training.notebook": True, "guardrails.packs": list(ALL_PACKS)}
ROLE = "NotebookRole"


@pytest.fixture(scope="module")
def found(variant):
    return variant(STACK, overrides=WANTED)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


@pytest.fixture(scope="module")
def notebook(resources):
    (found,) = resources("AWS::SageMaker::NotebookInstance").values()
    return found


@pytest.mark.golden
def test_the_template_with_a_notebook_is_the_reviewed_one(found, template, snapshot_json):
    plain = template(STACK)["Resources"]
    own = {name: r for name, r in found["Resources"].items() if name not in plain}
    assert snapshot_json == readable({"Resources": own})


def test_nobody_has_one_who_does_not_ask_for_it(template):
    kinds = {r["Type"] for r in template(STACK)["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith("AWS::EC2::")}
    assert "AWS::SageMaker::NotebookInstance" not in kinds


def test_it_is_closed_and_under_the_key_of_the_stack(notebook):
    assert notebook["RootAccess"] == notebook["DirectInternetAccess"] == "Disabled"
    metadata = notebook["InstanceMetadataServiceConfiguration"]
    assert metadata["MinimumInstanceMetadataServiceVersion"] == "2"
    assert notebook["KmsKeyId"]["Ref"].startswith("Key")
    assert notebook["PlatformIdentifier"] == "notebook-al2023-v1"


def test_its_network_leads_nowhere_but_to_endpoints(resources):
    for kind in ("InternetGateway", "NatGateway", "Route", "EIP", "VPCGatewayAttachment"):
        assert not resources(f"AWS::EC2::{kind}")
    (subnet,) = resources("AWS::EC2::Subnet").values()
    assert subnet["MapPublicIpOnLaunch"] is False
    (ingress,) = resources("AWS::EC2::SecurityGroupIngress").values()
    assert (ingress["FromPort"], ingress["ToPort"]) == (443, 443)
    assert "CidrIp" not in ingress
    groups = resources("AWS::EC2::SecurityGroup").values()
    assert not [group for group in groups if "SecurityGroupIngress" in group]
    assert len(resources("AWS::EC2::FlowLog")) == 1


def test_each_endpoint_has_a_policy_of_its_own_for_this_account(resources):
    endpoints = resources("AWS::EC2::VPCEndpoint").values()
    kinds = [endpoint["VpcEndpointType"] for endpoint in endpoints]
    assert sorted(kinds) == ["Gateway", "Interface", "Interface", "Interface"]
    for endpoint in endpoints:
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        account = {"Ref": "AWS::AccountId"}
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": account}}
    (s3,) = [e["PolicyDocument"]["Statement"][0] for e in endpoints if "RouteTableIds" in e]
    assert s3["Action"] == ["s3:GetObject", "s3:ListBucket"]
    assert all("Artifacts" in json.dumps(each) for each in s3["Resource"])


def test_it_reads_what_was_learned_and_neither_the_lake_nor_anything_else(found):
    allowed = {
        action
        for statement in statements(found, role=ROLE)
        for action in ([statement["Action"]] * isinstance(statement["Action"], str))
        or statement["Action"]
    }
    assert allowed == {
        *("s3:GetObject", "s3:ListBucket", "kms:Decrypt"),
        *("sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage"),
        "sagemaker:StopNotebookInstance",
        *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
    }
    assert "datalake" not in json.dumps(statements(found, role=ROLE)).lower()


def test_what_it_stops_is_itself_alone(found):
    (stop,) = [s for s in statements(found, role=ROLE) if "Stop" in json.dumps(s["Action"])]
    (named,) = (n for n, r in found["Resources"].items() if r["Type"][16:] == "NotebookInstance")
    assert stop["Resource"] == {"Ref": named}


def test_the_script_of_its_start_is_one_that_a_shell_takes(resources, tmp_path):
    (config,) = resources("AWS::SageMaker::NotebookInstanceLifecycleConfig").values()
    (hook,) = config["OnStart"]
    text = hook["Content"]["Fn::Base64"]
    assert len(text.encode()) * 4 / 3 < 16_384  # what SageMaker takes
    (tmp_path / "on_start.sh").write_text(text)
    # The shell's own reading, and Python's of what it installs.
    subprocess.run(["/bin/bash", "-n", str(tmp_path / "on_start.sh")], check=True)  # noqa: S603 (reads only)
    shell, _, rest = text.partition("<<'SCRIPT'\n")
    script, _, end = rest.partition("\nSCRIPT\n")
    compile(script, "stop-when-idle", "exec")
    assert "set -eu" in shell
    assert end.strip().endswith("/usr/local/bin/stop-when-idle 60")


def test_times_that_would_never_stop_it_are_refused():
    with pytest.raises(SettingsError, match="notebook_idle_minutes"):
        load_settings(None, {"model_training.notebook_idle_minutes": 5})
