"""Failures in Athena's words: the code that leads the message, its category and its position."""

from dataclasses import dataclass

USER, SYSTEM = 2, 1

# https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
_TYPES = {
    "SYNTAX_ERROR": 1006,
    "TYPE_MISMATCH": 1006,
    "COLUMN_NOT_FOUND": 1006,
    "FUNCTION_NOT_FOUND": 1006,
    "TABLE_NOT_FOUND": 1006,
    "INVALID_VIEW": 1006,
    "VIEW_IS_STALE": 1006,
    "HIVE_BAD_DATA": 1100,
    "PERMISSION_DENIED": 1401,
    "CUTOFF": 1000,
}


@dataclass
class AthenaError(Exception):
    """A query that Athena fails: ``code`` leads ``message`` unless the code is empty."""

    code: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}:{self.column}: " if self.line is not None else ""
        return f"{self.code}: {place}{self.message}" if self.code else place + self.message

    @property
    def error_type(self) -> int:
        """Athena's number for this kind of failure; 1 where it documents none."""
        return _TYPES.get(self.code, 1)


def not_carried(what: str) -> AthenaError:
    """Refuse by name what could only be answered wrongly."""
    return AthenaError("NOT_SUPPORTED", f"the sandbox's Athena does not carry {what} yet")


def tagged(code: str, message: str) -> ValueError:
    """Make an error that keeps its Athena code on its way through DuckDB."""
    return ValueError(f"ATHENA[{code}]{message}")
