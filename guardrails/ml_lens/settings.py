"""Tables of properties that must have a certain value, and the check that reads them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.intrinsics import items, plain, shorten, text
from guardrails.ml_lens.rule import Finding, per_resource
from guardrails.ml_lens.template import Resource, Template

# Stands among the right values for anything that is there.
GIVEN = object()


@dataclass(frozen=True)
class Setting:
    r"""One property, and the values that are right for it.

    ``path`` is dotted. ``Name[]`` goes through the entries of a list, a number names one of them,
    and ``Name?`` goes on only if there is one; a name's own point is written ``\.``. A right value
    is a literal, ``None`` for none, ``GIVEN``, or a pattern.
    """

    path: str
    right: tuple[Any, ...]

    @classmethod
    def of(cls, path: str, *right: Any) -> "Setting":
        """Make one; without right values the property must be there."""
        return cls(path, right or (GIVEN,))

    def problems(self, resource: Resource) -> Iterator[tuple[str, str]]:
        """Yield where the property is not right, and what it is."""
        for where, value in values(resource.properties, self.path):
            if not any(_is(value, right) for right in self.right):
                yield f"Properties.{where}", f"is {_spelled(value)}{_wanted(self.right)}"


Table = Mapping[str, tuple[Setting, ...]]


def values(value: Any, path: str, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value at a path, and the path with the numbers of the entries."""
    if not path:
        yield at, value
        return
    step, rest = (*re.split(r"(?<!\\)\.", path, maxsplit=1), "")[:2]
    name = step.rstrip("[]?").replace("\\.", ".")
    inner = _inner(value, name)
    where = f"{at}.{name}" if at else name
    if step.endswith("[]"):
        for index, entry in enumerate(items(inner)):
            yield from values(entry, rest, f"{where}.{index}")
    elif inner is not None or not step.endswith("?"):
        yield from values(inner, rest, where)


def _inner(value: Any, name: str) -> Any:
    if value is None:
        return None
    if name.isdigit():
        entries = items(value)
        return entries[int(name)] if int(name) < len(entries) else None
    return plain(value).get(name)


def check_table(table: Table) -> Callable[[Template], Iterator[Finding]]:
    """Make the check that every resource of the table has its settings."""

    def check(_template: Template, resource: Resource) -> Iterator[Finding]:
        for setting in table[resource.type]:
            for where, problem in setting.problems(resource):
                yield Finding(resource.logical_id, where, problem)

    return per_resource(table, check)


def _is(value: Any, right: Any) -> bool:
    if right is None or value in (None, [], {}, ""):
        return right is None and value in (None, [], {}, "")
    if right is GIVEN:
        return True
    if isinstance(right, re.Pattern):
        return bool(right.fullmatch(text(value)))
    return not isinstance(value, list | Mapping) and text(value).lower() == text(right).lower()


def _spelled(value: Any) -> str:
    if value in (None, [], {}, ""):
        return "not set"
    return shorten(value) if isinstance(value, list | Mapping) else text(value)


def _wanted(right: tuple[Any, ...]) -> str:
    named = [text(one) for one in right if isinstance(one, str | int | bool)]
    return f", not {' or '.join(named)}" if named else ""
