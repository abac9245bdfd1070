"""The settings of the kitchen."""

from stacks.settings.shared import Retention


class Kitchen(Retention):
    """Only what all architectures share."""
