"""SMK8: a variant that answers people does not go with one instance, or one zone."""

from collections.abc import Iterator

from guardrails.intrinsics import UnresolvableError, shorten
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.sagemaker_requests import EXPRESSION, requests
from guardrails.ml_lens.template import Resource, Template

CONFIG = "AWS::SageMaker::EndpointConfig"
TYPES = (CONFIG, MACHINE)
FEWEST = 2  # SageMaker spreads them over zones


def check(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield each production variant with less than two instances.

    Security Hub's SageMaker.4 asks for it of production variants; shadows answer nobody, and of
    serverless ones AWS has no instances to count. https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html
    """
    for request in requests(_template, holder):
        if request.kind != "EndpointConfig":
            continue
        variants = request.at("ProductionVariants")
        for place, variant in enumerate(variants if isinstance(variants, list) else []):
            if variant.get("ServerlessConfig"):
                continue
            count = variant.get("InitialInstanceCount")
            if isinstance(count, str) and EXPRESSION.match(count):
                raise UnresolvableError(f"InitialInstanceCount is {shorten(count)}, of the run")
            if not str(count).isdigit() or int(count) < FEWEST:
                where = f"{request.location}.ProductionVariants.{place}.InitialInstanceCount"
                yield Finding(holder.logical_id, where, f"is {count}, less than {FEWEST}")


def _variant(count: int) -> dict[str, object]:
    return {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": count}


RULE = Rule(
    id="MlLens-SMK8",
    practice="MLREL05-BP02",
    message="a variant that answers must have two instances, so that two zones have one",
    fix=f"set InitialInstanceCount to {FEWEST} or more",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one(CONFIG, KmsKeyId=KEY_ARN, ProductionVariants=[_variant(2)]),
    violating=one(CONFIG, KmsKeyId=KEY_ARN, ProductionVariants=[_variant(1)]),
)
