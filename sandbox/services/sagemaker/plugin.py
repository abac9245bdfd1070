"""SageMaker: jobs that run, pipelines that are carried out step by step, a registry of models."""

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
    ),
    service="sagemaker",
    needs=("xgboost", "numpy"),
    group="sandbox/groups/learning.txt",
)
