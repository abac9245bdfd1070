"""The step that trains, or that searches how to: AWS's algorithm, or our script. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.ml_lens.sagemaker_requests import LOCAL_VOLUMES
from stacks.model_training.algorithms import requests
from stacks.model_training.algorithms.table import SCRIPT
from stacks.model_training.pipeline.channels import channels
from stacks.model_training.pipeline.plan import Plan
from stacks.model_training.pipeline.references import Value, figure, joined, of_step
from stacks.model_training.pipeline.retries import RETRIES

TRAIN, TUNE = "Train", "Tune"
PROGRAM = "train.py"
COLUMNS = "Columns"  # the file in which the job that prepares has counted them
_DATA = "/opt/ml/input/data"
_COUNTED = "feature_dim"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a step has trained: where the model lies, the job's name, and how its measures read."""

    step: str
    model: Value
    job: Value

    def measure(self, name: str) -> Value:
        """Refer to a measure that the algorithm has told; of the best job only the objective."""
        if self.step == TUNE:
            best = "BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric.Value"
            return of_step(self.step, best)
        return of_step(self.step, f"FinalMetricDataList['{name}'].Value")


def trained(plan: Plan) -> Trained:
    """Tell what the step of a plan trains."""
    if not plan.learning.tuning:
        model = of_step(TRAIN, "ModelArtifacts.S3ModelArtifacts")
        return Trained(TRAIN, model, of_step(TRAIN, "TrainingJobName"))
    job = of_step(TUNE, "BestTrainingJob.TrainingJobName")
    return Trained(TUNE, joined(plan.place("model"), job, "output/model.tar.gz"), job)


def learning_step(plan: Plan, *, prepared_by: str) -> dict[str, Any]:
    """Write the step that trains once, or, where there is a tuning, searches for the best."""
    request = _request(plan, prepared_by)
    tuning, algorithm = plan.learning.tuning, plan.learning.algorithm
    if not tuning:
        request["HyperParameters"] = _hyperparameters(plan, prepared_by)
        request["CheckpointConfig"] = {
            "S3Uri": plan.place("checkpoints"),
            "LocalPath": "/opt/ml/checkpoints",
        }
        return _step(TRAIN, "Training", request)
    # Without checkpoints: those of several jobs would lie in one place.
    request["StaticHyperParameters"] = _hyperparameters(plan, prepared_by)
    job = {
        "HyperParameterTuningJobConfig": tuning.request(algorithm),
        "TrainingJobDefinition": request,
    }
    return _step(TUNE, "Tuning", job)


def _step(name: str, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": arguments, "RetryPolicies": RETRIES}


def _request(plan: Plan, prepared_by: str) -> dict[str, Any]:
    learning = plan.learning
    algorithm: dict[str, Any] = {
        "TrainingImage": learning.image,
        "TrainingInputMode": learning.mode,
    }
    if learning.algorithm.name == SCRIPT:  # of its own algorithms AWS knows the metrics
        algorithm["MetricDefinitions"] = [{"Name": n, "Regex": r} for n, r in plan.metrics.items()]
    limits = {"MaxRuntimeInSeconds": plan.jobs["train"].minutes * 60}
    if plan.spot_minutes:
        limits["MaxWaitTimeInSeconds"] = (plan.jobs["train"].minutes + plan.spot_minutes) * 60
    resources: dict[str, Any] = {
        "InstanceCount": learning.instances,
        "InstanceType": plan.jobs["train"].instance,
        "VolumeSizeInGB": plan.volume_gib,
    }
    if not LOCAL_VOLUMES.match(
        plan.jobs["train"].instance
    ):  # encrypted by the host, which takes no key
        resources["VolumeKmsKeyId"] = plan.key
    request: dict[str, Any] = {
        "AlgorithmSpecification": algorithm,
        "InputDataConfig": channels(plan, prepared_by=prepared_by),
        "OutputDataConfig": {"S3OutputPath": plan.place("model"), "KmsKeyId": plan.key},
        "ResourceConfig": resources,
        "EnableManagedSpotTraining": bool(plan.spot_minutes),
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "RoleArn": plan.jobs["train"].role,
        "StoppingCondition": limits,
    }
    if vpc := plan.network.vpc:
        request["VpcConfig"] = vpc
    return request


def _hyperparameters(plan: Plan, prepared_by: str) -> dict[str, Value]:
    learning = plan.learning
    if learning.algorithm.name == SCRIPT:
        # The image of script mode unpacks code where it is told that it lies: in a channel.
        archive = plan.code.script.rpartition("/")[2]
        told = {
            "sagemaker_program": PROGRAM,
            "sagemaker_submit_directory": f"{_DATA}/code/{archive}",
        }
        given = {**told, **learning.hyperparameters}
        return {name: json.dumps(value) for name, value in given.items()}
    found: dict[str, Value] = {}
    if counted := learning.algorithm.counted:
        # Joined with nothing, which makes a text of the number.
        found[counted] = joined(figure(prepared_by, COLUMNS, _COUNTED), by="")
    searched = learning.tuning.ranges if learning.tuning else {}
    spelled = requests.spelled(learning.algorithm, learning.hyperparameters)
    return found | {name: value for name, value in spelled.items() if name not in searched}
