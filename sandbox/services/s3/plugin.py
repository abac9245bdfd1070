"""S3: rights and keys of objects, notifications and events, properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("objects", "deletions", "notifications", "events", "template_properties"),
    after=("events",),
)
