"""SNS: keys of topics, deliveries to functions, properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("topics", "template_properties"),
)
