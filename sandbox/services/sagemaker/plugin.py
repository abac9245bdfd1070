"""SageMaker: jobs that run, pipelines step by step, a registry of models, endpoints that answer."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "rights",
        "operations",
        "tags",
        "training.service",
        "processing.service",
        "tuning.service",
        "registry.groups",
        "registry.packages",
        "pipelines.service",
        "template_types",
        "hosting.models",
        "hosting.endpoint_configs",
        "hosting.endpoint_operations",
        "hosting.capture",
        "hosting.runtime",
        "hosting.template_types",
        "hosting.transform.service",
    ),
    service="sagemaker",
    needs=("xgboost", "numpy", "sagemaker_inference"),
    group="sandbox/groups/learning.txt",
)
