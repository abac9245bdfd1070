"""Glue: the catalog's rights, Spark jobs that run, properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "catalog_rights",
        "job_definitions",
        "jobs",
        "security_configurations",
        "template_properties",
    ),
)
