"""SMK2: jobs and models run in a network of ours."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import VPC, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.sagemaker_requests import TYPES, requests
from guardrails.ml_lens.template import Resource, Template


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield each request without subnets and security groups.

    Batch transform takes the model's network; a serverless endpoint has none, nor has its model.
    """
    for request in requests(template, holder):
        if not request.shape.network:
            continue
        for name in ("Subnets", "SecurityGroupIds"):
            path = f"{request.shape.network}.{name}"
            if not request.at(path):
                yield Finding(holder.logical_id, request.location, f"{path} is not set")


RULE = Rule(
    id="MlLens-SMK2",
    practice="MLSEC04-BP01",
    message="jobs and models of SageMaker must run in a VPC",
    fix="set VpcConfig with private subnets and a security group",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one("AWS::SageMaker::Model", EnableNetworkIsolation=True, VpcConfig=VPC),
    violating=one("AWS::SageMaker::Model", EnableNetworkIsolation=True),
)
