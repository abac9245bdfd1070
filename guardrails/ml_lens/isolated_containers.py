"""SMK1: a container that trains, processes or serves cannot call out of itself."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import VPC, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.sagemaker_requests import TYPES, requests
from guardrails.ml_lens.template import Resource, Template


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield each request that leaves network isolation off.

    Batch transform and AutoML have no such setting: a transform job takes its model's, and AutoML
    runs containers of AWS.
    """
    for request in requests(template, holder):
        path = request.shape.isolation
        if path and request.at(path) is not True:
            value = request.at(path)
            detail = f"{path} is {'not set' if value is None else value}, not true"
            yield Finding(holder.logical_id, request.location, detail)


RULE = Rule(
    id="MlLens-SMK1",
    practice="MLSEC04-BP01",
    message="a container of SageMaker must run in network isolation",
    fix="set EnableNetworkIsolation to true: data and models come by channels, not by calls",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one("AWS::SageMaker::Model", EnableNetworkIsolation=True, VpcConfig=VPC),
    violating=one("AWS::SageMaker::Model", EnableNetworkIsolation=False, VpcConfig=VPC),
)
