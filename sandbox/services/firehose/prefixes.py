"""Prefixes of keys: the expressions in them, what may stand where, and what they become. Pure."""

import re
import secrets
import string
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

# https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
ERROR_TYPE = ("firehose", "error-output-type")
_RANDOM = ("firehose", "random-string")
_BY_LAMBDA = "partitionKeyFromLambda"
_EXPRESSION = re.compile(r"!\{([^:}]*):([^}]*)\}")
_RANDOM_CHARACTERS = 11
_DEFAULT_TIME = "yyyy/MM/dd/HH/"  # appended to a prefix that tells no time
# Letters of Java's DateTimeFormatter: a field, and the digits that it has at least.
_FIELDS = {"y": "%Y", "M": "%m", "d": "%d", "H": "%H", "m": "%M", "s": "%S"}
_PATTERN = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")


class PrefixError(ValueError):
    """A prefix that Firehose would not take, or that cannot be evaluated for a record."""


class Expression(NamedTuple):
    """One expression: its namespace and what it asks of it."""

    namespace: str
    value: str


def expressions(prefix: str) -> list[Expression]:
    """List the expressions of a prefix."""
    return [Expression(*found.groups()) for found in _EXPRESSION.finditer(prefix)]


def partition_keys(prefix: str) -> list[str]:
    """Name the keys by which a prefix parts records, each once."""
    return list(dict.fromkeys(e.value for e in expressions(prefix) if e.namespace == _BY_LAMBDA))


def check(prefix: str, error_prefix: str, *, is_partitioned: bool) -> None:
    """Refuse prefixes that contradict each other, or that nobody can evaluate."""
    for found in (*expressions(prefix), *expressions(error_prefix)):
        _check(found)
    if ERROR_TYPE in expressions(prefix):
        raise PrefixError("Prefix cannot contain !{firehose:error-output-type}")
    if expressions(prefix) and not error_prefix:
        raise PrefixError("ErrorOutputPrefix cannot be null or empty when Prefix has expressions")
    if expressions(error_prefix) and ERROR_TYPE not in expressions(error_prefix):
        raise PrefixError("ErrorOutputPrefix must contain !{firehose:error-output-type}")
    if partition_keys(error_prefix):
        raise PrefixError(f"ErrorOutputPrefix cannot use the namespace {_BY_LAMBDA}")
    if is_partitioned and not partition_keys(prefix):
        raise PrefixError("Dynamic partitioning needs partition keys in Prefix")
    if partition_keys(prefix) and not is_partitioned:
        raise PrefixError("Prefix has partition keys, and dynamic partitioning is not enabled")


def _check(found: Expression) -> None:
    if found.namespace == "timestamp":
        list(_parts(found.value))
    elif found not in (ERROR_TYPE, _RANDOM) and found.namespace != _BY_LAMBDA:
        raise PrefixError(f"the sandbox does not evaluate !{{{found.namespace}:{found.value}}}")


def evaluated(prefix: str, moment: datetime, keys: Mapping[str, str]) -> str:
    """Write the prefix of an object whose oldest record arrived at a moment."""

    def value(found: re.Match[str]) -> str:
        expression = Expression(*found.groups())
        if expression == _RANDOM:
            letters = string.ascii_letters + string.digits
            return "".join(secrets.choice(letters) for _ in range(_RANDOM_CHARACTERS))
        if expression.namespace == "timestamp":
            return formatted(expression.value, moment)
        return keys[expression.value]

    text = _EXPRESSION.sub(value, prefix)
    tells_time = any(found.namespace == "timestamp" for found in expressions(prefix))
    return text if tells_time else text + formatted(_DEFAULT_TIME, moment)


def error_evaluated(error_prefix: str, prefix: str, kind: str, moment: datetime) -> str:
    """Write the prefix of an object with errors of a kind, such as ``processing-failed``."""
    if not error_prefix:  # a prefix without expressions then
        return f"{prefix}{kind}/{formatted(_DEFAULT_TIME, moment)}"
    told = error_prefix.replace("!{firehose:error-output-type}", kind)
    if not expressions(error_prefix):
        return told
    has_time = any(found.namespace == "timestamp" for found in expressions(told))
    return evaluated(told, moment, {}) if has_time else told


def formatted(pattern: str, moment: datetime) -> str:
    """Write a moment by a pattern of Java's DateTimeFormatter."""
    return "".join(
        moment.strftime(_FIELDS[part[0]])[-2 if part == "yy" else 0 :] if is_field else part
        for part, is_field in _parts(pattern)
    )


def _parts(pattern: str) -> Iterator[tuple[str, bool]]:
    """Take a pattern apart into fields and text; refuse what is no number of two digits."""
    at = 0
    while at < len(pattern):
        found = _PATTERN.match(pattern, at)
        if found is None:
            raise PrefixError(f"the pattern {pattern!r} has a quote that does not close")
        text, letter = found.group(0), found.group(2)
        if letter and (letter not in _FIELDS or len(text) not in _lengths(letter)):
            raise PrefixError(f"the sandbox does not write the time by {text!r} of {pattern!r}")
        quoted = found.group(1)
        yield (text if quoted is None else quoted or "'"), bool(letter)
        at = found.end()


def _lengths(letter: str) -> tuple[int, ...]:
    return (2, 4) if letter == "y" else (2,)
