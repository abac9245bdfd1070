"""Why a record, or a whole file, is set aside."""

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """The reason of one record."""

    NO_SUCH_DATASET = "no_such_dataset"  # that a record of a stream could be of
    NOT_TEXT = "not_text"  # bytes that the contract's encoding does not have
    LINE_TOO_LONG = "line_too_long"
    MALFORMED = "malformed"  # no JSON object, or quotes that do not close
    WRONG_CELL_COUNT = "wrong_cell_count"
    AMBIGUOUS_COLUMNS = "ambiguous_columns"  # two names that differ by case at most
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    NOT_FINITE = "not_finite"  # NaN and the infinities
    OUT_OF_RANGE = "out_of_range"  # beyond the contract's bounds, or the type's
    NOT_ALLOWED = "not_allowed"  # a text of another pattern, length or list
    NO_SUCH_TIME = "no_such_time"  # 30 February, or an hour that a clock skipped
    OUT_OF_WINDOW = "out_of_window"  # a day that the lake keeps no longer, or not yet


class FileReason(StrEnum):
    """The reason of a whole file, none of whose records can be trusted."""

    UNKNOWN_DATASET = "unknown_dataset"
    UNKNOWN_FORMAT = "unknown_format"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TORN_CONTAINER = "torn_container"
    WRONG_HEADER = "wrong_header"  # a column of the contract is not there
    AMBIGUOUS_HEADER = "ambiguous_header"  # two columns differ by case at most
    RETYPED_COLUMN = "retyped_column"  # in a format that declares its types
    GONE = "gone"  # deleted before it could be read
    NO_COLLECTION = "no_collection"  # an object whose key does not say what it belongs to
    UNREADABLE_OBJECT = "unreadable_object"  # an image that ends before it tells its size


class SetAside(Exception):  # noqa: N818 (an outcome, not an error of ours)
    """A file cannot be modeled. ``detail`` says what is wrong, without its content."""

    def __init__(self, reason: FileReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[Self], tuple[FileReason, str]]:
        return type(self), (self.reason, self.detail)
