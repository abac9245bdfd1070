"""Kinesis: keys of encrypted streams, streams that are read, properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("encrypted_streams", "read_streams", "template_properties"),
    after=("kms",),
)
