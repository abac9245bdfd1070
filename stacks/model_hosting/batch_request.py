"""What a batch asks SageMaker for, and what its functions are told of it. Pure."""

import json
from typing import Any

from stacks.model_hosting.batch_settings import BatchSettings
from stacks.shared.asl import jsonata

MIB = 1024 * 1024
WORK, SCREENED, ANSWERED = "work", "screened", "answered"


def batch_form(settings: BatchSettings) -> str:
    """Write how records are read, for the functions' environment."""
    told = {
        "content_type": settings.batch_content_type,
        "joins": settings.batch_join == "Input",
        "input_filter": settings.batch_input_filter,
        "output_filter": settings.batch_output_filter,
        # Room for the line's end.
        "most_bytes": settings.batch_payload_mib * MIB - 1,
    }
    return json.dumps(told, sort_keys=True)


def transform_job(settings: BatchSettings, *, name: str, model: str, folder: str) -> dict[str, Any]:
    """Ask for a job over what was screened into a folder; all three are expressions.

    A record is a line, in and out, or nobody could tell which answer is whose; both have the same
    type, or SageMaker does not join them.
    """
    return {
        "TransformJobName": jsonata(name),
        "ModelName": jsonata(model),
        "BatchStrategy": settings.batch_strategy,
        "MaxPayloadInMB": settings.batch_payload_mib,
        "MaxConcurrentTransforms": settings.batch_at_once,
        "ModelClientConfig": {"InvocationsTimeoutInSeconds": 600, "InvocationsMaxRetries": 3},
        # Has the handlers tell of a row that they refuse in its own line, as decision 77 says.
        "Environment": {"REFUSED_ROWS": "inline"},
        "TransformInput": {
            "ContentType": settings.batch_content_type,
            "SplitType": "Line",
            "CompressionType": "None",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": jsonata(f"{folder} & '/{SCREENED}/'"),
                }
            },
        },
        "TransformOutput": {
            "Accept": settings.batch_content_type,
            "AssembleWith": "Line",
            "S3OutputPath": jsonata(f"{folder} & '/{ANSWERED}'"),
            "KmsKeyId": "${KeyArn}",
        },
        "DataProcessing": {
            "InputFilter": settings.batch_input_filter,
            "JoinSource": settings.batch_join,
            "OutputFilter": settings.batch_output_filter,
        },
        "TransformResources": {
            "InstanceType": settings.batch_instance_type,
            "InstanceCount": settings.batch_instances,
            "VolumeKmsKeyId": "${KeyArn}",
        },
    }
