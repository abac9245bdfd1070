"""Least privilege as AWS enforces it, where the emulator checks less."""

from sandbox.iam import denial_messages, principals, wildcards
from sandbox.services.dynamodb import tables
from sandbox.services.events import event_rules, rule_targets
from sandbox.services.lambda_ import event_sources, execution_roles
from sandbox.services.logs import log_groups
from sandbox.services.s3 import deletions, notifications, objects
from sandbox.services.sqs import queues

_PARTS = (
    wildcards, principals, objects, deletions, queues, notifications, execution_roles,
    event_sources, log_groups, denial_messages, event_rules, rule_targets,
    tables,
)  # fmt: skip


def install() -> None:
    """Add all the checks."""
    for part in _PARTS:
        part.install()
