"""What SageMaker and Application Auto Scaling are asked for, as JSON with places to fill. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.model_hosting.endpoint_kinds import containers, hosting, options, tracked
from stacks.model_hosting.settings import ModelHosting

CHAMPION, CHALLENGER = "Champion", "Challenger"
# One answer of ours is JSON, as its request is: captured as text, or the record would hold base64.
_JSON = {"JsonContentTypes": ["application/json"]}


def model(settings: ModelHosting, *, name: str, package: str) -> dict[str, Any]:
    """Ask for a model of a package, whose container can call nobody."""
    return {
        "ModelName": name,
        **containers(settings, package),
        "ExecutionRoleArn": "${ModelRole}",
        # A serverless endpoint takes no isolated model: the page says what that means.
        "EnableNetworkIsolation": settings.kind != "serverless",
        **(
            {
                "VpcConfig": {
                    "Subnets": list(settings.subnets),
                    "SecurityGroupIds": list(settings.security_groups),
                }
            }
            if settings.subnets
            else {}
        ),
    }


def endpoint_config(
    settings: ModelHosting, *, name: str, models: Mapping[str, tuple[str, Any]]
) -> dict[str, Any]:
    """Ask for a configuration under the customer's key, with sampled capture.

    ``models`` are the model and the weight of each variant. All have the same instances: what
    differs between variants that are compared is the model.
    """
    variants = [
        {
            "VariantName": variant,
            "ModelName": model_name,
            **hosting(settings),
            "InitialVariantWeight": weight,
        }
        for variant, (model_name, weight) in models.items()
    ]
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": settings.capture_percent,
        "DestinationS3Uri": "s3://${Captures}/captured",
        "KmsKeyId": "${KeyArn}",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": _JSON,
    }
    return {
        "EndpointConfigName": name,
        **options(settings),
        "ProductionVariants": variants,
        **({"DataCaptureConfig": capture} if settings.capture_percent else {}),
    }


def scaled_variant(variant: str) -> dict[str, str]:
    """Name what scales."""
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/${{Endpoint}}/variant/{variant}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }


def scalable_target(settings: ModelHosting, variant: str) -> dict[str, Any]:
    """Ask for a range of instances."""
    return {
        **scaled_variant(variant),
        "MinCapacity": settings.least_instances,
        "MaxCapacity": settings.most_instances,
    }


def scaling_policy(settings: ModelHosting, variant: str) -> dict[str, Any]:
    """Ask for as many instances as keep each at a rate of requests."""
    return {
        **scaled_variant(variant),
        "PolicyName": "${Endpoint}-requests",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": tracked(settings),
    }
