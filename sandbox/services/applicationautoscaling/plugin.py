"""Application Auto Scaling: variants of SageMaker's endpoints that grow and shrink with load."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("condition_keys", "service", "template_types"),
    after=("cloudwatch", "sagemaker"),
)
