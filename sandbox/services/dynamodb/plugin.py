"""DynamoDB: condition keys, tables of a customer's key, and properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("condition_keys", "tables", "template_properties"),
)
