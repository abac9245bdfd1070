"""The settings of the trainer."""

from stacks.settings.shared import Retention


class Trainer(Retention):
    """Only what all architectures share."""
