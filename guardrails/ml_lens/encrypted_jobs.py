"""SMK3: the volumes and outputs of jobs, models and monitors are under the customer's key."""

from collections.abc import Iterator

from guardrails.intrinsics import text
from guardrails.ml_lens.customer_keys import is_customer_key
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.sagemaker_requests import PIPELINE, TYPES, Request, requests
from guardrails.ml_lens.template import Resource, Template

# In the text of a machine or a pipeline a key is a word: only AWS's own can be told by its name.
TEXTS = (MACHINE, PIPELINE)


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield each volume or output without a key.

    A serverless endpoint has no volume. Instances with volumes of their own refuse a key for them.
    """
    for request in requests(template, holder):
        for path in request.shape.keys:
            if _needs_none(request, path):
                continue
            key = request.at(path)
            if not key:
                yield Finding(holder.logical_id, request.location, f"{path} is not set")
            elif holder.type in TEXTS:
                if "alias/aws/" in text(key):
                    detail = f"{path} is {text(key)}, a key of AWS's own"
                    yield Finding(holder.logical_id, request.location, detail)
            elif not is_customer_key(template, key):
                detail = f"{path} is {text(key)}, no customer key"
                yield Finding(holder.logical_id, request.location, detail)


def _needs_none(request: Request, path: str) -> bool:
    if request.kind == "EndpointConfig":
        return request.is_serverless() or request.has_local_volumes()
    return path.endswith("VolumeKmsKeyId") and request.has_local_volumes()


_VARIANTS = [{"ModelName": "m", "VariantName": "v", "InstanceType": "ml.m5.large"}]
RULE = Rule(
    id="MlLens-SMK3",
    practice="MLSEC02-BP01",
    message="volumes and outputs of SageMaker must be encrypted with a customer managed key",
    fix="pass the architecture's kms.Key for the volume and for the output",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one("AWS::SageMaker::EndpointConfig", KmsKeyId=KEY_ARN, ProductionVariants=_VARIANTS),
    violating=one("AWS::SageMaker::EndpointConfig", ProductionVariants=_VARIANTS),
    beyond=("NIST.800.53.R5-SageMakerEndpointConfigurationKMSKeyConfigured",),
)
