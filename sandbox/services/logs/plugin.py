"""CloudWatch Logs: keys of log groups, saved queries."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("log_groups", "query_definitions"),
)
