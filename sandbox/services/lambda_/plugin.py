"""Lambda: roles, batches of queues, errors with their class, processes, and how many at once."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "execution_roles",
        "event_sources",
        "errors",
        "log_lines",
        "function_time",
        "cold_starts",
        "batches",
        "metrics",
        "concurrency",
        "throttles",
        "template_properties",
    ),
    after=("sqs",),
)
