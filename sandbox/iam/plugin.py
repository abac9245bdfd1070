"""IAM as AWS enforces it, where the emulator checks less."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "parsed_policies",
        "wildcards",
        "principals",
        "denial_messages",
        "condition_keys",
        "passed_roles",
        "request_resources",
        "template_properties",
    ),
)
