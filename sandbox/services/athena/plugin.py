"""Athena: workgroups and saved queries of the emulator, queries on an engine of ours."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("service", "workgroups", "template_properties"),
    service="athena",
    needs=("duckdb", "sqlglot"),
    group="sandbox/groups/core.txt",
)
