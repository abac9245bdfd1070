"""Glue: the catalog and its tables, Spark jobs that run, data quality."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "catalog_rights",
        "crawlers.definitions",
        "operations",
        "data_quality.rulesets",
        "data_quality.service",
        "iceberg_tables",
        "crawlers.service",
        "job_definitions",
        "jobs",
        "security_configurations",
        "table_optimizers",
        "template_properties",
        "triggers",
    ),
)
