"""Glue: properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("template_properties",),
)
