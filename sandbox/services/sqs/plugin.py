"""SQS: keys of queues, redrive."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("queues", "redrive"),
)
