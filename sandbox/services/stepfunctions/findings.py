"""One thing that is wrong with a definition."""

from typing import NamedTuple

INVALID = "SCHEMA_VALIDATION_FAILED"


class Problem(NamedTuple):
    """What is wrong, under AWS's name for it, and where in the definition."""

    code: str
    message: str
    where: str
