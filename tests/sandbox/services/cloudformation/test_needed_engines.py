"""A stack that needs an engine which is not installed stops, and says what to install."""

import json

import pytest

from sandbox.core import plugins
from sandbox.services.cloudformation import needed_engines

TASK = {"Type": "Task", "Resource": "arn:${P}:states:::aws-sdk:comprehend:detectSentiment"}
SYNC = {"Type": "Task", "Resource": "arn:${P}:states:::athena:startQueryExecution.sync"}
POLICY = {"Statement": [{"Action": ["s3:GetObject", "rekognition:DetectFaces"]}]}


@pytest.fixture
def lacking(monkeypatch):
    """Let some plug-ins' packages be missing."""

    def lack(*services):
        def missing(plugin):
            return [*plugin.needs] if plugin.service in services else []

        monkeypatch.setattr(plugins, "missing_of", missing)

    return lack


@pytest.mark.parametrize(
    ("cfn_type", "properties", "service", "command"),
    [
        ("AWS::IAM::Policy", {"PolicyDocument": POLICY}, "rekognition", "faces.txt"),
        ("AWS::Athena::WorkGroup", {"Name": "w"}, "athena", "core.txt"),
        (
            "AWS::StepFunctions::StateMachine",
            {"DefinitionString": json.dumps({"States": {"A": TASK}})},
            "comprehend",
            "text.txt",
        ),
        ("AWS::StepFunctions::StateMachine", {"Definition": {"A": SYNC}}, "athena", "core.txt"),
    ],
)
def test_a_resource_that_needs_a_missing_engine_is_refused(
    lacking, cfn_type, properties, service, command
):
    lacking(service)
    made = []
    provision = needed_engines._stopped(2)(lambda *given: made.append(given))
    with pytest.raises(ValueError, match=f"needs {service}.* pip install -r .*{command}$"):
        provision(cfn_type, "It", properties, "stack")
    lacking()  # installed meanwhile
    provision(cfn_type, "It", properties, "stack")
    assert len(made) == 1


def test_what_needs_another_service_is_made(lacking):
    lacking("comprehend", "transcribe")
    assert needed_engines.refusal("AWS::IAM::Policy", {"PolicyDocument": POLICY}) is None
    assert needed_engines.refusal("AWS::S3::Bucket", {"BucketName": "comprehend"}) is None
