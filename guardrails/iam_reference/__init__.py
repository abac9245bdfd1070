"""What IAM knows: every action, what it can be scoped to, and which of them grant permissions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Made of the Service Authorization Reference by ``__main__``. It is read as text, and of it only
# the services that a template names: the whole would cost more than the synthesis.
TABLE = Path(__file__).with_name("actions.txt")
# What the reference leaves out, by service, as other pages of AWS document it.
ADDED: Mapping[str, tuple[str, ...]] = {"iot": ("AssumeRoleWithCertificate",)}  # for role aliases


@dataclass(frozen=True)
class Action:
    """One action: the ARN patterns it can be scoped to (none: only ``*``), and if it grants."""

    name: str
    arns: tuple[str, ...]
    grants: bool


@cache
def _text() -> str:
    return TABLE.read_text("utf-8")


@cache
def service_names() -> frozenset[str]:
    """Return the prefixes of all services."""
    return frozenset(re.findall(r"^\[([^\]]+)\]$", _text(), re.MULTILINE))


@cache
def actions_of(service: str) -> Mapping[str, Action]:
    """Return the actions of one service by their lower-case names; none for an unknown one."""
    _, found, rest = _text().partition(f"\n[{service.lower()}]\n")
    return {action.name.lower(): action for action in _parsed(service, rest if found else "")}


def _parsed(service: str, block: str) -> Iterator[Action]:
    arns: dict[str, str] = {}
    for line in block.splitlines():
        if line.startswith("["):
            break
        if not line.startswith("="):
            kind, _, arn = line.partition(" ")
            arns[kind] = arn
            continue
        kinds, *names = line.removeprefix("=").split(" ")
        scoped = kinds.removeprefix("!")
        patterns = () if scoped == "-" else tuple(arns.get(k, "*") for k in scoped.split(","))
        yield from (Action(name, patterns, kinds.startswith("!")) for name in names)
    yield from (Action(name, ("*",), grants=False) for name in ADDED.get(service, ()))
