"""Batches of SQS in IAM: there are no actions of theirs, they need the single call's."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import iam_actions


def install() -> None:
    """Judge a batch by the action of the single call."""
    patching.wrap(
        iam_actions,
        "extract_iam_action",
        _single,
        because="IAM knows no sqs:SendMessageBatch: a batch needs sqs:SendMessage",
    )


def _single(original: Callable[..., str | None]) -> Callable[..., str | None]:
    def action(service: str, *request: Any) -> str | None:
        found = original(service, *request)
        return found.removesuffix("Batch") if found and service == "sqs" else found

    return action
