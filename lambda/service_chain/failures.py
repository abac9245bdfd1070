"""Why a document cannot go on. The state machine knows each error by the name of its class."""

from collections.abc import Mapping
from enum import StrEnum

MAX_DETAIL_CHARACTERS = 300


class Reason(StrEnum):
    """Why a document can never work, however often it is tried."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    NOT_TEXT = "not_text"
    DAMAGED = "damaged"
    GONE = "gone"
    STAGE_OFF = "stage_off"


class Refused(Exception):  # noqa: N818 - its name is what the state machine's Retry and Catch match
    """A document that can never work. Its message is ``<reason>: <detail for a person>``."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail[:MAX_DETAIL_CHARACTERS]}")
        self.reason = reason


class Incomplete(Exception):  # noqa: N818 - its name is what the state machine's Retry matches
    """A part of a document that should be there by now, and is not."""


class PermissionMissingError(RuntimeError):
    """AWS refuses a call for good: no retry helps until the function's role is put right."""


def code_of(error: Exception) -> str:
    """Name an error of botocore's as AWS does; one without AWS's answer by its type."""
    response = getattr(error, "response", None)
    if not isinstance(response, Mapping):
        return type(error).__name__
    return str(response.get("Error", {}).get("Code", "Unknown"))


def is_denial(code: str) -> bool:
    """Whether AWS's name for an error says that a permission is missing."""
    return "AccessDenied" in code or code == "403"


def is_absence(code: str) -> bool:
    """Whether S3's name for an error says that there is no such object or version."""
    return code in {"404", "NoSuchKey", "NoSuchVersion"}
