"""CloudFormation: what a template says is carried out, known to be inert, or refused."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "provisioning",
        "conditions",
        "needed_engines",
        "acting_roles",
        "struck_resources",
        "custom_resources",
        "held_answers",
    ),
    after=("lambda_",),
)
