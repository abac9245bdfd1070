"""IoT: topic rules, whose actions are done as their roles."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(parts=("topic_rules",), after=("kinesis", "sqs", "kms"))
