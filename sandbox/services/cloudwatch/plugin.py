"""CloudWatch: metrics of log lines and queues, and alarms that look at them."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        *("condition_keys", "described_alarms", "embedded_metrics", "alarms"),
        *("state_changes", "evaluation"),
    ),
    after=("logs",),
)
