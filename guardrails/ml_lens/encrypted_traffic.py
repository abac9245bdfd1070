"""SMK4: what the containers of one job say to each other is encrypted."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import KEY_ARN, VPC, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.sagemaker_requests import TYPES, requests
from guardrails.ml_lens.template import Resource, Template


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield each job whose containers talk in the clear, one container only or not."""
    for request in requests(template, holder):
        path = request.shape.traffic
        if path and request.at(path) is not True:
            yield Finding(holder.logical_id, request.location, f"{path} is not true")


_NETWORK = {"EnableNetworkIsolation": True, "VpcConfig": VPC}
_OUTPUT = {"KmsKeyId": KEY_ARN}
RULE = Rule(
    id="MlLens-SMK4",
    practice="MLSEC04-BP02",
    message="the containers of a job must talk over TLS",
    fix="set EnableInterContainerTrafficEncryption to true",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one(
        "AWS::SageMaker::ProcessingJob",
        NetworkConfig={**_NETWORK, "EnableInterContainerTrafficEncryption": True},
        ProcessingOutputConfig=_OUTPUT,
    ),
    violating=one(
        "AWS::SageMaker::ProcessingJob",
        NetworkConfig=_NETWORK,
        ProcessingOutputConfig=_OUTPUT,
    ),
)
