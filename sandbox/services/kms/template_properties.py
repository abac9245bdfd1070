"""AWS::KMS::Key: what the emulator reads when it deletes the key."""

from sandbox.core import emulator
from sandbox.services.cloudformation.unread_properties import read_at_deletion


def install() -> None:
    """Finish what a template makes or changes."""
    emulator.after_create(
        "AWS::KMS::Key",
        read_at_deletion("PendingWindowInDays"),
        because="read only when the key is deleted, so it is no property that was dropped",
    )
