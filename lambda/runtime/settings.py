"""Read a function's environment. A value that cannot be right stops it before its first call."""

from collections.abc import Mapping
from typing import Never


def string(environment: Mapping[str, str], name: str) -> str:
    """Read a name; raise ValueError where it is missing or blank."""
    value = environment.get(name, "").strip()
    return value or refuse(name, value, "want a name")


def integer(
    environment: Mapping[str, str],
    name: str,
    *,
    at_least: int,
    at_most: int,
    default: int | None = None,
) -> int:
    """Read a whole number; raise ValueError where it is missing, without a default, or wrong."""
    value = environment.get(name, "" if default is None else str(default))
    if not (value.isascii() and value.isdigit()) or not at_least <= int(value) <= at_most:
        refuse(name, value, f"want a whole number from {at_least} to {at_most}")
    return int(value)


def number(
    environment: Mapping[str, str],
    name: str,
    *,
    at_least: float,
    at_most: float,
    default: float | None = None,
) -> float:
    """Read a number; raise ValueError where it is missing, without a default, or wrong."""
    value = environment.get(name, "" if default is None else str(default))
    try:
        read = float(value)
    except ValueError:
        read = float("nan")
    if not at_least <= read <= at_most:
        refuse(name, value, f"want a number from {at_least} to {at_most}")
    return read


def boolean(environment: Mapping[str, str], name: str, *, default: bool | None = None) -> bool:
    """Read ``true`` or ``false``; raise ValueError for another value, or none and no default."""
    value = environment.get(name, "" if default is None else str(default).lower())
    if value not in {"true", "false"}:
        refuse(name, value, "want true or false")
    return value == "true"


def refuse(name: str, value: str, wanted: str) -> Never:
    """Raise ValueError for an environment variable."""
    problem = f"{name} is {value!r}; {wanted}; it comes from the function's environment"
    raise ValueError(problem)
