"""IoT: topic rules, whose actions are done as their roles, and MQTT for devices."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(parts=("topic_rules", "mqtt_listener"), after=("kinesis", "sqs", "kms"))
