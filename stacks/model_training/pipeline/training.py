"""The step that trains: our script in script mode, with checkpoints. Pure."""

import json
from typing import Any

from stacks.model_training.pipeline.plan import Plan
from stacks.model_training.pipeline.references import Value, output_of
from stacks.model_training.pipeline.retries import RETRIES

SCRIPT = "train.py"
CHANNELS = ("train", "validation", "signature")
_DATA = "/opt/ml/input/data"


def training_step(plan: Plan, name: str, *, prepared_by: str) -> dict[str, Any]:
    """Write the step.

    The container has no network, so the code comes as a channel: where the image of script mode is
    told that it lies, it unpacks it.
    """
    archive = plan.code.script.rpartition("/")[2]
    told = {"sagemaker_program": SCRIPT, "sagemaker_submit_directory": f"{_DATA}/code/{archive}"}
    limits = {"MaxRuntimeInSeconds": plan.train.minutes * 60}
    if plan.spot_minutes:
        limits["MaxWaitTimeInSeconds"] = (plan.train.minutes + plan.spot_minutes) * 60
    arguments: dict[str, Any] = {
        "AlgorithmSpecification": {
            "TrainingImage": plan.image,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": n, "Regex": r} for n, r in plan.metrics.items()],
        },
        "HyperParameters": {
            n: json.dumps(value) for n, value in {**told, **plan.hyperparameters}.items()
        },
        "InputDataConfig": [
            *(_channel(channel, output_of(prepared_by, channel)) for channel in CHANNELS),
            _channel("code", plan.code.script),
        ],
        "OutputDataConfig": {"S3OutputPath": plan.place("model"), "KmsKeyId": plan.key},
        "ResourceConfig": {
            "InstanceCount": 1,
            "InstanceType": plan.train.instance,
            "VolumeSizeInGB": plan.volume_gib,
            "VolumeKmsKeyId": plan.key,
        },
        "CheckpointConfig": {
            "S3Uri": plan.place("checkpoints"),
            "LocalPath": "/opt/ml/checkpoints",
        },
        "EnableManagedSpotTraining": bool(plan.spot_minutes),
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "RoleArn": plan.train.role,
        "StoppingCondition": limits,
    }
    if vpc := plan.network.vpc:
        arguments["VpcConfig"] = vpc
    return {"Name": name, "Type": "Training", "Arguments": arguments, "RetryPolicies": RETRIES}


def _channel(name: str, place: Value) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": place,
        "S3DataDistributionType": "FullyReplicated",
    }
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, "CompressionType": "None"}
