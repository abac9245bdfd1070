"""An execution that failed leaves one record that says why."""

from types import SimpleNamespace

import pytest

from model_training import record_failed_execution
from testing.stubs import Kept, Stubs, clients_of

CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=256, invoked_function_arn="f", aws_request_id="r"
)
EXECUTION = "arn:aws:sagemaker:eu-west-1:000000000000:pipeline/p/execution/abc123def456"
EVENT = {
    "time": "2026-03-02T10:00:00Z",
    "detail": {
        "pipelineExecutionArn": EXECUTION,
        "currentPipelineExecutionStatus": "Failed",
    },
}


def test_a_record_says_which_step_failed_and_why(monkeypatch, metrics):
    clients = clients_of("s3", "sagemaker")
    monkeypatch.setattr(record_failed_execution, "client", clients.__getitem__)
    monkeypatch.setenv("FAILURES_BUCKET", "failures")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "ModelTraining")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "MlReferenceArchitectures")
    stubs, body = Stubs(clients), Kept()
    told = [{"Name": "ManifestUri", "Value": "s3://lake/m"}, {"Name": "ContentHash", "Value": "a"}]
    steps = [
        {"StepName": "Prepare", "StepStatus": "Failed", "FailureReason": "not the snapshot"},
        {"StepName": "Train", "StepStatus": "Starting"},
    ]
    with stubs.active():
        stubs.answers(
            "list_pipeline_parameters_for_execution",
            {"PipelineParameters": told},
            {"PipelineExecutionArn": EXECUTION},
        )
        stubs.answers("list_pipeline_execution_steps", {"PipelineExecutionSteps": steps})
        stubs.answers(
            "put_object",
            {},
            {
                "Bucket": "failures",
                "Key": "failed_executions/abc123def456.json",
                "Body": body,
                "ContentType": "application/json",
            },
        )
        record_failed_execution.handler(EVENT, CONTEXT)
    assert body.json() == {
        "execution": EXECUTION,
        "status": "Failed",
        "at": EVENT["time"],
        "manifest": "s3://lake/m",
        "content_hash": "a",
        "steps": [{"step": "Prepare", "status": "Failed", "reason": "not the snapshot"}],
    }
    assert metrics(service="ModelTraining") == {"ExecutionsFailed": [1]}


@pytest.mark.parametrize("folder", ["failed_executions/"])
def test_the_record_lies_where_the_role_may_write(folder):
    from stacks.model_training.failures import FOLDER

    assert record_failed_execution.FOLDER == FOLDER == folder
