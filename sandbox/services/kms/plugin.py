"""KMS: grants, and properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "grants",
        "template_properties",
    ),
)
