"""S3: rights and keys of objects, notifications and events, properties of templates."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "version_ranges",
        "objects",
        "upload_rights",
        "deletions",
        "bucket_policies",
        "notifications",
        "events",
        "template_properties",
        "bucket_removal",
    ),
    after=("events",),
)
