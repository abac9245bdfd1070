"""Training as a person has it: deployed by the CDK CLI, IAM on, beside what a lake offers."""

import base64
import json
import time
from importlib.util import find_spec
from typing import Any

import pytest

from demos.model_training.executions import Executions
from demos.model_training.lake import Lake
from testing.rights import Rights

# There may be Pythons that XGBoost's release has no wheel for.
collect_ignore_glob = [] if find_spec("xgboost") else ["test_*.py"]

STACK = "ModelTraining"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "model_training.hyperparameters.num_round": "20",
    "model_training.least_auc": 0.5,
}


@pytest.fixture(scope="session")
def stack():
    return STACK


@pytest.fixture(scope="session")
def settings():
    return SETTINGS


@pytest.fixture(scope="session")
def app(assemblies):
    return str(assemblies.build(only=[STACK], overrides=SETTINGS))


@pytest.fixture(scope="session")
def outputs(sandbox, app):
    sandbox.faults([])
    sandbox.forget_problems()
    return sandbox.deploy(STACK, app=app)[STACK]


@pytest.fixture(scope="session")
def executions(sandbox, outputs):
    return Executions(sandbox, outputs)


@pytest.fixture(scope="session")
def lake(sandbox):
    return Lake(sandbox)


@pytest.fixture(scope="session")
def rights(sandbox, outputs):
    return Rights(sandbox, STACK)


class Occasions:
    """Has happen once more what needs the rights of a role; gives what AWS says of it at once."""

    def __init__(self, sandbox, outputs):
        self.sandbox, self._outputs = sandbox, outputs
        self._sagemaker, self._functions = sandbox.client("sagemaker"), sandbox.client("lambda")
        self._tables = sandbox.client("dynamodb")

    def denials(self, refusal):
        """Count how often the sandbox was told of a refusal."""
        problems = self.sandbox.problems()
        return sum(p["times"] for p in problems if refusal.search(p["message"]))

    def job(self, execution, step):
        """Make a step's job again, by another name, and wait for its end; why it failed."""
        found = self._sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution.arn)
        (metadata,) = (
            each["Metadata"] for each in found["PipelineExecutionSteps"] if each["StepName"] == step
        )
        ((kind, made),) = metadata.items()
        name, verb = f"{kind}Name", CALLED[kind]
        look = getattr(self._sagemaker, f"describe_{verb}")
        # An ARN has the name in small letters.
        parts = {"NameContains": made["Arn"].rpartition("/")[2]}
        (listed,) = getattr(self._sagemaker, f"list_{verb}s")(**parts)[f"{kind}Summaries"]
        told = look(**{name: listed[name]})
        model = self._sagemaker.meta.service_model.operation_model(f"Create{kind}")
        request = {**fitted(told, model.input_shape), name: f"again-{step}-{time.time_ns()}"}
        getattr(self._sagemaker, f"create_{verb}")(**request)
        end = time.monotonic() + 60
        while (seen := look(**{name: request[name]}))[f"{kind}Status"] not in OVER:
            assert time.monotonic() < end, seen
            time.sleep(0.1)
        return seen.get("FailureReason", "")

    def start(self, newest, unfinished):
        """Ask the function that starts: for the newest, and for what it had not noted."""
        name = self._outputs["StartFunctionName"]
        settings = self._functions.get_function_configuration(FunctionName=name)
        table = settings["Environment"]["Variables"]["EXECUTIONS_TABLE"]
        self._tables.update_item(
            TableName=table,
            Key={"entry": {"S": unfinished.content_hash}},
            UpdateExpression="REMOVE execution",
        )
        bodies: tuple[dict[str, Any], ...] = (
            {},
            {"manifest": newest, "again": True},
            {"manifest": unfinished.place},
        )
        records = [
            {"messageId": f"{number}", "body": json.dumps(body)}
            for number, body in enumerate(bodies)
        ]
        return self._ask(name, {"Records": records})

    def record(self, execution):
        """Ask the function that keeps why an execution failed."""
        detail = {
            "pipelineExecutionArn": execution.arn,
            "currentPipelineExecutionStatus": "Failed",
        }
        event = {"detail": detail, "time": "2026-11-30T12:00:00Z"}
        return self._ask(self._outputs["RecordFunctionName"], event)

    def _ask(self, name, event):
        """Ask a function; gives its answer, and what it said last: it tells of some refusals."""
        payload = json.dumps(event)
        reply = self._functions.invoke(FunctionName=name, Payload=payload, LogType="Tail")
        said = base64.b64decode(reply.get("LogResult", "")).decode()
        return reply["Payload"].read().decode() + said


CALLED = {"TrainingJob": "training_job", "ProcessingJob": "processing_job"}
OVER = ("Completed", "Failed", "Stopped")


def fitted(value, shape):
    """Keep of a description what a request of this shape may say."""
    if shape.type_name == "structure":
        kept = {name: value[name] for name in value if name in shape.members}
        return {name: fitted(inner, shape.members[name]) for name, inner in kept.items()}
    if shape.type_name == "list":
        return [fitted(inner, shape.member) for inner in value]
    return value


@pytest.fixture(scope="session")
def occasions(sandbox, outputs):
    return Occasions(sandbox, outputs)
