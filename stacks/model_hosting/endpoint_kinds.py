"""What an endpoint asks for beside what all kinds ask for: how it is hosted, and scaled. Pure."""

from typing import Any

from stacks.model_hosting.settings import ModelHosting
from stacks.shared.asl import jsonata

MODELS = "models"  # folder of a multi-model endpoint's archives
ASYNCHRONOUS = "asynchronous"  # folder of requests, answers and failures that wait
REQUESTS, ANSWERS, FAILURES = (
    f"{ASYNCHRONOUS}/{each}" for each in ("requests", "answers", "failures")
)
SCALING_COOLDOWN_SECONDS = 300
_BACKLOG_DIMENSIONS = [{"Name": "EndpointName", "Value": "${Endpoint}"}]


def containers(settings: ModelHosting, package: str) -> dict[str, Any]:
    """Say what a model is made of; ``package`` is the expression of a package's ARN.

    A package of several containers makes an inference pipeline. A multi-model container reads
    archives below a folder, by the image of the package that is there first.
    """
    if settings.kind != "multi-model":
        return {"PrimaryContainer": {"ModelPackageName": package}}
    return {
        "PrimaryContainer": {
            "Image": jsonata("$image"),
            "Mode": "MultiModel",
            "ModelDataUrl": f"s3://${{Models}}/{MODELS}/",
            "MultiModelConfig": {
                "ModelCacheSetting": "Enabled" if settings.multi_model_cache else "Disabled"
            },
        }
    }


def hosting(settings: ModelHosting) -> dict[str, Any]:
    """Say on what a variant runs."""
    if settings.kind != "serverless":
        # A variant begins with an instance, where it may come down to none.
        instances = max(1, settings.least_instances)
        return {"InitialInstanceCount": instances, "InstanceType": settings.instance_type}
    provisioned = settings.serverless_provisioned
    return {
        "ServerlessConfig": {
            "MemorySizeInMB": settings.serverless_memory_mib,
            "MaxConcurrency": settings.serverless_concurrency,
            **({"ProvisionedConcurrency": provisioned} if provisioned else {}),
        }
    }


def options(settings: ModelHosting) -> dict[str, Any]:
    """Say the rest of a configuration: the key of volumes, and where answers are left."""
    # A serverless endpoint has no volume that a key of ours could be for.
    found = {} if settings.kind == "serverless" else {"KmsKeyId": "${KeyArn}"}
    if settings.kind != "asynchronous":
        return found
    return {
        **found,
        "AsyncInferenceConfig": {
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": settings.asynchronous_at_once},
            "OutputConfig": {
                "S3OutputPath": f"s3://${{Batches}}/{ANSWERS}",
                "S3FailurePath": f"s3://${{Batches}}/{FAILURES}",
                "KmsKeyId": "${KeyArn}",
            },
        },
    }


def tracked(settings: ModelHosting) -> dict[str, Any]:
    """Say which metric is kept near to which value, by more or fewer instances."""
    cooldown = {
        "ScaleInCooldown": SCALING_COOLDOWN_SECONDS,
        "ScaleOutCooldown": SCALING_COOLDOWN_SECONDS,
    }
    if settings.kind != "asynchronous":
        return {
            "TargetValue": settings.requests_per_instance_minute,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
            **cooldown,
        }
    return {
        "TargetValue": settings.asynchronous_backlog,
        "CustomizedMetricSpecification": {
            "Namespace": "AWS/SageMaker",
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Dimensions": _BACKLOG_DIMENSIONS,
            "Statistic": "Average",
        },
        **cooldown,
    }


# https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html: with no instance
# there is no backlog per instance, so the policy above never leaves none.
def first_instance_policy(target: dict[str, Any]) -> dict[str, Any]:
    """Ask for one instance more, by an alarm that has to be made for it."""
    return {
        **target,
        "PolicyName": "${Endpoint}-first-instance",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "MetricAggregationType": "Average",
            "Cooldown": SCALING_COOLDOWN_SECONDS,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    }


def first_instance_alarm(policy: str) -> dict[str, Any]:
    """Ask for the alarm that rings while something waits and nothing is there."""
    return {
        "AlarmName": "${Endpoint}-has-backlog-without-capacity",
        "AlarmDescription": "Something waits for an endpoint that has no instance: it gets one.",
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": _BACKLOG_DIMENSIONS,
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 2,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "missing",
        "AlarmActions": [policy],
    }
