"""SMK5: what an endpoint keeps of its requests is encrypted with the customer's key."""

from collections.abc import Iterator

from guardrails.ml_lens.customer_keys import is_customer_key
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.sagemaker_requests import requests
from guardrails.ml_lens.template import Resource, Template

TYPES = ("AWS::SageMaker::EndpointConfig", MACHINE)


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield each data capture without a key, and each asynchronous output without one.

    A serverless endpoint has no data capture: AWS does not offer it.
    """
    for request in requests(template, holder):
        if request.kind != "EndpointConfig":
            continue
        for path in ("DataCaptureConfig", "AsyncInferenceConfig.OutputConfig"):
            if not request.at(path):
                continue
            key = request.at(f"{path}.KmsKeyId")
            if not key or not (holder.type == MACHINE or is_customer_key(template, key)):
                detail = f"{path}.KmsKeyId names no customer key"
                yield Finding(holder.logical_id, request.location, detail)


_CAPTURE = {"EnableCapture": True, "InitialSamplingPercentage": 100}
RULE = Rule(
    id="MlLens-SMK5",
    practice="MLSEC02-BP01",
    message="captured requests must be encrypted with a customer managed key",
    fix="set DataCaptureConfig.KmsKeyId to the architecture's key",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one(
        "AWS::SageMaker::EndpointConfig", DataCaptureConfig={**_CAPTURE, "KmsKeyId": KEY_ARN}
    ),
    violating=one("AWS::SageMaker::EndpointConfig", DataCaptureConfig=_CAPTURE),
)
