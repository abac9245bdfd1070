"""Greengrass V2: components and deployments, as the account keeps them."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(parts=("service", "rights", "template_types"), after=("iot", "s3"))
