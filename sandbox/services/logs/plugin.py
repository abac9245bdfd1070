"""CloudWatch Logs: keys of log groups, saved queries, what requests are about."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("log_groups", "query_definitions", "request_resources"),
)
