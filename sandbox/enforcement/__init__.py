"""Least privilege as AWS enforces it, where the emulator checks less."""

from sandbox.enforcement import (
    deletions,
    event_sources,
    execution_roles,
    log_groups,
    notifications,
    objects,
    queues,
    wildcards,
)

_PARTS = (
    wildcards, objects, deletions, queues, notifications, execution_roles, event_sources,
    log_groups,
)  # fmt: skip


def install() -> None:
    """Add all the checks."""
    for part in _PARTS:
        part.install()
