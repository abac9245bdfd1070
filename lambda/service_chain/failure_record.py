"""What is written down of a document that failed: where, why, and what to start it again with."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service_chain.failures import Reason

SCHEMA_VERSION = 1
MAX_CAUSE_CHARACTERS = 4000
_DOCUMENT_ID = re.compile(r"[\w-]{1,80}", re.ASCII)
_REASONS = frozenset(Reason)


def document_id_of(event: Mapping[str, Any]) -> str:
    """Say which document failed; one that was started by hand, without an id, gets one."""
    document_id = _input(event).get("document_id")
    if isinstance(document_id, str) and _DOCUMENT_ID.fullmatch(document_id):
        return document_id
    return hashlib.sha256(str(event.get("execution")).encode()).hexdigest()[:32]


def time_of(event: Mapping[str, Any]) -> str:
    """Say when the document came, which is the day of its records; else when it failed."""
    for time in (_input(event).get("event_time"), event.get("failed_at")):
        try:
            datetime.fromisoformat(str(time))
        except ValueError:
            continue
        return str(time)
    problem = "neither input.event_time nor failed_at is an ISO 8601 time"
    raise ValueError(problem)


def record_of(event: Mapping[str, Any], first: object) -> dict[str, Any]:
    """Make the record; ``first`` is what the first child workflow to fail left behind, if any.

    The parent of a child only knows that too many of its children failed.
    """
    attempt = _attempt(event)
    told = first if _is_of(first, event, attempt) and isinstance(first, Mapping) else event
    error, cause = unpacked(str(told.get("error") or "Unknown"), told.get("cause"))
    reason = cause.partition(":")[0] if error == "Refused" else error
    return {
        "schema_version": SCHEMA_VERSION,
        "document_id": document_id_of(event),
        "attempt": attempt,
        "state": str(told.get("state") or "Unknown"),
        "error": error,
        "reason": reason if error != "Refused" or reason in _REASONS else error,
        "cause": shortened(cause),
        "input": dict(_input(event)),
        "execution": event.get("execution"),
        "failed_at": event.get("failed_at"),
    }


def unpacked(error: str, cause: object) -> tuple[str, str]:
    """Take a function's error out of the JSON that Lambda wraps it in; leave any other cause.

    A stack trace stays behind: it is in the function's log.
    """
    text = cause if isinstance(cause, str) else "" if cause is None else json.dumps(cause)
    try:
        wrapped = json.loads(text)
    except (ValueError, RecursionError):
        return error, text
    if not isinstance(wrapped, dict) or not {"errorType", "errorMessage"} & wrapped.keys():
        return error, text
    is_vague = error in {"Unknown", "States.TaskFailed"}
    name = str(wrapped.get("errorType") or error) if is_vague else error
    return name, str(wrapped.get("errorMessage") or "")


def shortened(cause: str) -> str:
    """Cut a cause to what a record can take."""
    if len(cause) <= MAX_CAUSE_CHARACTERS:
        return cause
    return f"{cause[: MAX_CAUSE_CHARACTERS - 3]}..."


def _is_of(first: object, event: Mapping[str, Any], attempt: int) -> bool:
    """Whether a child of this attempt left it behind, and not one of an attempt before."""
    if not isinstance(first, Mapping) or not first.get("error"):
        return False
    if "attempt" in first:
        return bool(first["attempt"] == attempt)
    return attempt == 1 or str(event.get("error")).startswith("States.")


def _attempt(event: Mapping[str, Any]) -> int:
    attempt = _input(event).get("attempt")
    return attempt if isinstance(attempt, int) and attempt > 0 else 1


def _input(event: Mapping[str, Any]) -> Mapping[str, Any]:
    given = event.get("input")
    return given if isinstance(given, Mapping) else {}
