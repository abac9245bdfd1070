"""Kinesis: keys of encrypted streams, properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("encrypted_streams", "template_properties"),
    after=("kms",),
)
