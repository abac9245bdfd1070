"""What AWS's SDKs know: the actions of every service, and what those of many take."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Made of botocore's service models by ``__main__``. It is read as text, and of it only the services
# that a template names.
TABLE = Path(__file__).with_name("actions.txt")


@dataclass(frozen=True)
class Call:
    """One action: the names of what it takes and must have, in lower case; none if not known."""

    name: str
    takes: frozenset[str] | None
    needs: frozenset[str]


@cache
def _text() -> str:
    return TABLE.read_text("utf-8")


@cache
def calls_of(service: str) -> Mapping[str, Call]:
    """Return the actions of a service by their lower-case names; none for an unknown one.

    ``service`` is the id of the SDKs in lower case and without blanks, as Step Functions and
    EventBridge Scheduler spell it: ``sfn``, ``cloudwatchlogs``, ``bedrockruntime``.
    """
    _, found, rest = _text().partition(f"\n[{service}] ")
    line = rest.partition("\n")[0] if found else ""
    return {call.name.lower(): call for call in _parsed(line)}


def _parsed(line: str) -> Iterator[Call]:
    for spelled in line.split():
        name, known, arguments = spelled.partition("(")
        names = re.findall(r"[^,!]+", arguments.rstrip(")").lower())
        needed = re.findall(r"([^,!]+)!", arguments.rstrip(")").lower())
        yield Call(name, frozenset(names) if known else None, frozenset(needed))
