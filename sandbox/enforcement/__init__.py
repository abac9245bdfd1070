"""Least privilege as AWS enforces it, where the emulator checks less."""

from sandbox.enforcement import (
    deletions,
    event_rules,
    event_sources,
    execution_roles,
    log_groups,
    messages,
    notifications,
    objects,
    principals,
    queues,
    rule_targets,
    tables,
    wildcards,
)

_PARTS = (
    wildcards, principals, objects, deletions, queues, notifications, execution_roles,
    event_sources, log_groups, messages, event_rules, rule_targets,
    tables,
)  # fmt: skip


def install() -> None:
    """Add all the checks."""
    for part in _PARTS:
        part.install()
