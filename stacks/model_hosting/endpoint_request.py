"""What SageMaker and Application Auto Scaling are asked for, as JSON with places to fill. Pure."""

from typing import Any

from stacks.model_hosting.settings import ModelHosting

VARIANT = "Champion"
SCALING_COOLDOWN_SECONDS = 300
# One answer of ours is JSON, as its request is: captured as text, or the record would hold base64.
_JSON = {"JsonContentTypes": ["application/json"]}


def model(settings: ModelHosting, *, name: str, package: str) -> dict[str, Any]:
    """Ask for a model of a package, whose container can call nobody."""
    return {
        "ModelName": name,
        "PrimaryContainer": {"ModelPackageName": package},
        "ExecutionRoleArn": "${ModelRole}",
        "EnableNetworkIsolation": True,
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
        "InitialInstanceCount": settings.least_instances,
        "InstanceType": settings.instance_type,
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
        "KmsKeyId": "${KeyArn}",
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
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": settings.requests_per_instance_minute,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
            "ScaleInCooldown": SCALING_COOLDOWN_SECONDS,
            "ScaleOutCooldown": SCALING_COOLDOWN_SECONDS,
        },
    }
