"""EventBridge: rules reach what trusts them, and what they cannot reach is kept."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("condition_keys", "event_rules", "rule_targets"),
)
