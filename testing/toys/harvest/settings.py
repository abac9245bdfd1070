"""The settings of the harvest."""

from stacks.settings.shared import Retention


class Harvest(Retention):
    """Only what all architectures share."""
