"""Write ``actions.txt`` from botocore's service models."""

# python -m guardrails.sdk_reference, after an upgrade of botocore; a test compares both.

import re
import sys
from collections.abc import Iterator
from typing import Any

from botocore.session import Session

from guardrails.sdk_reference import TABLE

# What state machines of ML workloads call. Of all others, the names of the actions have to do: the
# whole of what they take is three times as long.
WITH_ARGUMENTS = frozenset(
    {
        *("athena", "batch", "bedrock", "bedrockagent", "bedrockagentruntime", "bedrockruntime"),
        *("cloudwatch", "cloudwatchlogs", "codebuild", "comprehend", "databrew", "dynamodb"),
        *("ecs", "emr", "emrserverless", "eventbridge", "firehose", "glue", "iotdataplane"),
        *("kinesis", "kms", "lakeformation", "lambda", "personalize", "polly", "redshiftdata"),
        *("rekognition", "s3", "sagemaker", "sagemakerfeaturestoreruntime", "sagemakerruntime"),
        *("scheduler", "secretsmanager", "sfn", "sns", "sqs", "ssm", "textract", "transcribe"),
        *("timestreamwrite", "translate"),
    }
)


def table() -> str:
    """Spell the models: a line for each service, with its actions."""
    session = Session()
    models = (session.get_service_model(name) for name in session.get_available_services())
    lines = {_word(model.service_id): model for model in models}
    head = "# Of botocore's models; ! stands behind what an action must have."
    return (
        "\n".join([head, *(f"[{n}] {' '.join(_actions(n, m))}" for n, m in sorted(lines.items()))])
        + "\n"
    )


def _actions(service: str, model: Any) -> Iterator[str]:
    for name in model.operation_names:
        yield (
            f"{name}({_arguments(model.operation_model(name))})"
            if service in WITH_ARGUMENTS
            else name
        )


def _arguments(action: Any) -> str:
    """Spell what an action takes; a token that the SDKs make themselves need not be given."""
    if action.input_shape is None:
        return ""
    needed = set(action.input_shape.required_members) - set(action.idempotent_members)
    return ",".join(f"{name}!" if name in needed else name for name in action.input_shape.members)


def _word(service_id: str) -> str:
    return re.sub(r"[^a-z0-9]", "", service_id.lower())


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
    sys.stdout.write(f"{TABLE} is written\n")
