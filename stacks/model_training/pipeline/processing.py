"""Steps that run one of our modules as a processing job. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.model_training.pipeline.plan import CODE, INPUT, OUTPUT, Jobs, Plan
from stacks.model_training.pipeline.references import Value
from stacks.model_training.pipeline.retries import RETRIES

PREFIX, MANIFEST = "S3Prefix", "ManifestFile"


def processing_step(
    plan: Plan,
    name: str,
    jobs: Jobs,
    *,
    module: str,
    arguments: Sequence[Value],
    inputs: Mapping[str, tuple[str, Value]],
    outputs: Mapping[str, Value],
    files: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """Write a step. ``inputs`` are kind and place by the folder's name, ``outputs`` places.

    ``files`` are, by name, the output and the file in it that conditions may look into.
    """
    fetched = {"code": (PREFIX, plan.code.modules), **inputs}
    network: dict[str, Any] = {
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
    }
    if vpc := plan.network.vpc:
        network["VpcConfig"] = vpc
    step: dict[str, Any] = {
        "Name": name,
        "Type": "Processing",
        "Arguments": {
            "AppSpecification": {
                "ImageUri": plan.image,
                "ContainerEntrypoint": ["python3", "-m", module],
                "ContainerArguments": [*arguments],
            },
            # The modules' zip, by the name that it has where it lies.
            "Environment": {"PYTHONPATH": f"{CODE}/{plan.code.modules.rpartition('/')[2]}"},
            "NetworkConfig": network,
            "ProcessingInputs": [
                {
                    "InputName": folder,
                    "AppManaged": False,
                    "S3Input": {
                        "S3Uri": place,
                        "LocalPath": f"{INPUT}/{folder}",
                        "S3DataType": kind,
                        "S3InputMode": "File",
                        "S3DataDistributionType": "FullyReplicated",
                        "S3CompressionType": "None",
                    },
                }
                for folder, (kind, place) in fetched.items()
            ],
            "ProcessingOutputConfig": {
                "KmsKeyId": plan.key,
                "Outputs": [
                    {
                        "OutputName": folder,
                        "AppManaged": False,
                        "S3Output": {
                            "S3Uri": place,
                            "LocalPath": f"{OUTPUT}/{folder}",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                    for folder, place in outputs.items()
                ],
            },
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": jobs.instance,
                    "VolumeSizeInGB": plan.volume_gib,
                    "VolumeKmsKeyId": plan.key,
                }
            },
            "RoleArn": jobs.role,
            "StoppingCondition": {"MaxRuntimeInSeconds": jobs.minutes * 60},
        },
        "RetryPolicies": RETRIES,
    }
    if files:
        step["PropertyFiles"] = [
            {"PropertyFileName": file, "OutputName": output, "FilePath": path}
            for file, (output, path) in files.items()
        ]
    return step
