"""IAM as AWS enforces it, where the emulator checks less."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "wildcards",
        "principals",
        "denial_messages",
        "request_resources",
        "template_properties",
    ),
)
