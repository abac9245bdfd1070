"""CloudFormation: what a template says is carried out, known to be inert, or refused."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("provisioning", "conditions", "custom_resources", "held_answers"),
    after=("lambda_",),
)
