"""SQS: rights to batches, keys of queues, redrive."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("batch_actions", "queues", "redrive", "hidden_messages"),
)
