"""Comprehend, by lists and rules."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("service",),
    service="comprehend",
    needs=("vaderSentiment", "lingua"),
    group="sandbox/groups/text.txt",
)
