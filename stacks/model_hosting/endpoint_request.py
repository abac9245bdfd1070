"""What SageMaker and Application Auto Scaling are asked for, as JSON with places to fill. Pure."""

from typing import Any

from stacks.model_hosting.endpoint_kinds import containers, hosting, options, tracked
from stacks.model_hosting.settings import ModelHosting

VARIANT = "Champion"
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


def endpoint_config(settings: ModelHosting, *, name: str) -> dict[str, Any]:
    """Ask for a configuration of one variant, under the customer's key, with sampled capture."""
    variant = {
        "VariantName": VARIANT,
        "ModelName": name,
        **hosting(settings),
        "InitialVariantWeight": 1,
    }
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
        "ProductionVariants": [variant],
        **({"DataCaptureConfig": capture} if settings.capture_percent else {}),
    }


def _target() -> dict[str, str]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/${{Endpoint}}/variant/{VARIANT}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }


def scalable_target(settings: ModelHosting) -> dict[str, Any]:
    """Ask for a range of instances."""
    return {
        **_target(),
        "MinCapacity": settings.least_instances,
        "MaxCapacity": settings.most_instances,
    }


def scaling_policy(settings: ModelHosting) -> dict[str, Any]:
    """Ask for as many instances as keep each at a rate of requests."""
    return {
        **_target(),
        "PolicyName": "${Endpoint}-requests",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": tracked(settings),
    }
