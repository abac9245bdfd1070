"""What AWS's errors mean: wait and try again, ask for a permission, or neither."""

from collections.abc import Mapping
from dataclasses import dataclass

_TRANSIENT = frozenset(
    {
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "InternalServerError",
        "ConditionalRequestConflict",
    }
)
_THROTTLES = frozenset({"ThrottlingException", "ProvisionedThroughputExceededException"})


class PermissionMissingError(RuntimeError):
    """AWS refuses a call for good: no retry helps until the function's role is put right."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not work. ``code`` is AWS's name for it, ``message`` AWS's explanation."""

    code: str
    message: str
    status: int = 0

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def is_throttle(self) -> bool:
        """Whether AWS says: not so fast."""
        return self.code in _THROTTLES or self.status == 429

    @property
    def is_transient(self) -> bool:
        """Whether the same call may well work in a moment."""
        return self.is_throttle or self.code in _TRANSIENT or self.status >= 500

    @property
    def is_denial(self) -> bool:
        """Whether a permission is missing. A HEAD has no body, so S3 can only say 403 to it."""
        return "AccessDenied" in self.code or self.code == "403"

    @property
    def is_absence(self) -> bool:
        """Whether S3 says that there is no such object or version."""
        return self.code in {"404", "NoSuchKey", "NoSuchVersion"}


def failure_of(error: Exception) -> Failure:
    """Read an error of botocore's; one without AWS's answer tells no more than its type.

    (Its text would hold the address called, which for S3 spells the object's key.)
    """
    response = getattr(error, "response", None)
    if not isinstance(response, Mapping):
        return Failure(type(error).__name__, "no usable answer from AWS")
    answer = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return Failure(str(answer.get("Code", "Unknown")), str(answer.get("Message", "")), int(status))
