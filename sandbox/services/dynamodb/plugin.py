"""DynamoDB: tables of a customer's key, and properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("tables", "template_properties"),
)
