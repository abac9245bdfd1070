"""Glue: the catalog's rights, Spark jobs that run, data quality, properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "catalog_rights",
        "operations",
        "data_quality.rulesets",
        "data_quality.service",
        "job_definitions",
        "jobs",
        "security_configurations",
        "template_properties",
    ),
)
