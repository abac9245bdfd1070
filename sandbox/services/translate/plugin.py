"""Translate, by Apertium or pretended."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("service",), service="translate", needs=("lingua",), group="sandbox/groups/text.txt"
)
