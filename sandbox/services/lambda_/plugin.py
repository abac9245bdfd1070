"""Lambda: roles, batches of queues, errors with their class."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("execution_roles", "event_sources", "errors", "batches", "template_properties"),
    after=("sqs",),
)
