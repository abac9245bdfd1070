"""The function behind the API, by the kind of hosting: it asks at once, or hands over for later."""

import json

from aws_cdk import Duration
from constructs import Construct

from stacks.model_hosting.endpoint_kinds import REQUESTS
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.shared.arns import arn_here
from stacks.shared.function import PythonFunction
from stacks.shared.permissions import allow

PREDICT_SECONDS = 28  # a second less than API Gateway waits


def predict_function(
    scope: Construct, construct_id: str, settings: ModelHosting, *, resources: Resources
) -> PythonFunction:
    """Make it, with what it may do."""
    entries = {"asynchronous": "predict_later", "multi-model": "predict_by_model"}
    made = PythonFunction(
        scope,
        construct_id,
        entry=f"model_hosting.{entries.get(settings.kind, 'predict')}",
        key=resources.key,
        powertools=resources.powertools,
        environment={"ENDPOINT_NAME": resources.endpoint, **_environment(settings, resources)},
        timeout=Duration.seconds(PREDICT_SECONDS),
        memory_mib=settings.memory_mib,
        log_days=settings.log_days,
    )
    endpoint = arn_here("sagemaker", f"endpoint/{resources.endpoint}")
    if settings.kind != "asynchronous":
        allow(made.role, "sagemaker:InvokeEndpoint", "sagemaker:DescribeEndpoint", on=[endpoint])
        return made
    allow(made.role, "sagemaker:InvokeEndpointAsync", on=[endpoint])
    resources.batches.allow(made.role, "s3:PutObject", prefix=f"{REQUESTS}/")
    resources.key.allow(made.role, "kms:GenerateDataKey", through=["s3"])
    return made


def _environment(settings: ModelHosting, resources: Resources) -> dict[str, str]:
    if settings.kind == "asynchronous":
        return {"REQUESTS_BUCKET": resources.batches.bucket_name, "REQUESTS_FOLDER": REQUESTS}
    columns = json.dumps(settings.multi_model_columns)
    return {
        "ANSWER_SECONDS": str(settings.answer_seconds),
        "BREAKER_FAILURES": str(settings.breaker_failures),
        "BREAKER_SECONDS": str(settings.breaker_seconds),
        "WEIGHTS_SECONDS": str(settings.weights_seconds),
        **({"COLUMNS": columns} if settings.kind == "multi-model" else {}),
    }
