"""Why a document cannot go on. The state machine knows each error by the name of its class."""

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
