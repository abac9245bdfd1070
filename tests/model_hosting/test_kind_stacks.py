"""The stack of each kind of hosting: it passes the guardrails, and grants what the kind needs."""

import json

import pytest

from testing.hosting_settings import KINDS, TO_NONE
from testing.templates import of_type, readable, statements, without_hashes

STACK = "ModelHosting"
PLACES = {"CreateModel", "CreateConfig", "CopyArchive", "RegisterScaling", "PutScalingPolicy"}


@pytest.fixture
def made(variant):
    """Build the stack of a kind."""

    def build(kind, **changed):
        told = {"kind": kind, **KINDS[kind], **changed}
        return variant(STACK, overrides={f"model_hosting.{k}": v for k, v in told.items()})

    return build


@pytest.mark.golden
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_has_else_is_reviewed(made, template, kind, snapshot_json):
    """Compare properties, without the text of machines, which has goldens of its own."""
    found = json.loads(without_hashes(json.dumps(made(kind))))
    plain, other = readable(template(STACK))["Resources"], readable(found)["Resources"]
    changed = {
        name: resource
        for name, resource in other.items()
        if plain.get(name) != resource and resource["Type"] != "AWS::StepFunctions::StateMachine"
    }
    assert snapshot_json == {"gone": sorted(set(plain) - set(other)), "other": changed}


def test_an_asynchronous_endpoint_is_handed_requests_and_told_of_answers(made):
    found = made("asynchronous", **{k: v for k, v in TO_NONE.items() if k != "kind"})
    may = json.dumps(statements(found, role="PredictRole"))
    assert "sagemaker:InvokeEndpointAsync" in may
    assert '"sagemaker:InvokeEndpoint"' not in may
    assert "/asynchronous/requests/*" in may
    told = [
        b for b in of_type(found, "AWS::S3::Bucket").values() if "NotificationConfiguration" in b
    ]
    assert len(told) == 1
    machine = json.dumps(statements(found, role="DeployingDeployRole"))
    assert "alarm:modelhosting-has-backlog-without-capacity" in machine
    (removal,) = of_type(found, "AWS::CloudFormation::CustomResource").values()
    assert removal["AlarmName"] == "modelhosting-has-backlog-without-capacity"


def test_a_request_names_one_of_many_models(made):
    found = made("multi-model")
    (model,) = of_type(found, "AWS::ApiGateway::Model").values()
    assert model["Schema"]["required"] == ["rows", "model"]
    assert "/models/*" in json.dumps(statements(found, role="DeployingModel"))
