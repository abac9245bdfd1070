"""Polly, with one tone a word."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("service",),
    service="polly",
    needs=("soundfile", "numpy"),
    group="sandbox/groups/text.txt",
)
