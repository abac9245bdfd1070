"""The catalogue of functions.txt: which overload a call means, and what it returns."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.types import (
    UNKNOWN,
    Type,
    as_decimal,
    common,
    decimal,
    parse,
    simple,
    widens,
)

_LINE = re.compile(r"(?:(aggregate|window) )?(\w+)\((.*?)\) -> (.+?)(?: = (.+))?$")
_VARIABLES = ("T", "K", "V", "U")
TypeLambda = Callable[[int, Sequence[Type]], Type]


@dataclass(frozen=True)
class Pattern:
    """One parameter as the catalogue writes it: a type, a variable, a lambda, or repeated."""

    text: str
    repeated: bool = False

    @property
    def takes(self) -> list[str]:
        """The parameter and result patterns of a lambda; empty for other parameters."""
        return _split(self.text[1:-1]) if self.text.startswith("(") else []


@dataclass(frozen=True)
class Overload:
    """One line of the catalogue."""

    name: str
    kind: str
    parameters: tuple[Pattern, ...]
    result: str
    text: str

    def __str__(self) -> str:
        inner = ", ".join(p.text + ("..." if p.repeated else "") for p in self.parameters)
        return f"{self.name}({inner})"


@dataclass(frozen=True)
class Match:
    """An overload, the type that it returns here, and what its arguments turn into."""

    overload: Overload
    result: Type


def _split(text: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return [*parts, current.strip()] if current.strip() else parts


@functools.cache
def catalogue() -> tuple[Mapping[str, tuple[Overload, ...]], frozenset[str]]:
    """Read the file: overloads by name, and the names that exist but are not carried."""
    found: dict[str, list[Overload]] = {}
    missing: set[str] = set()
    text = (Path(__file__).parent / "functions.txt").read_text()
    for line in text.splitlines():
        if line.startswith("missing "):
            missing.update(line.split()[1:])
        elif line and not line.startswith("#"):
            overload = _overload(line)
            found.setdefault(overload.name, []).append(overload)
    return {name: tuple(lines) for name, lines in found.items()}, frozenset(missing)


def _overload(line: str) -> Overload:
    matched = _LINE.match(line)
    if matched is None:
        raise ValueError(f"functions.txt: not understood: {line}")
    kind, name, inner, result, text = matched.groups()
    given = _split(inner)
    patterns = tuple(Pattern(p.removesuffix("..."), p.endswith("...")) for p in given)
    default = f"OVER({name}($*))" if kind else f"{name}($*)"
    return Overload(name, kind or "scalar", patterns, result, text or default)


def known(name: str) -> Sequence[Overload]:
    """Find a function by name; refuse what Trino has not, or what is not carried."""
    overloads, missing = catalogue()
    if name in overloads:
        return overloads[name]
    if name in missing:
        raise not_carried(f"the function {name}")
    raise AthenaError("FUNCTION_NOT_FOUND", f"Function '{name}' not registered")


def resolve(name: str, arguments: Sequence[Type | None], type_lambda: TypeLambda) -> Match:
    """Choose the overload for these argument types; None stands for a lambda."""
    for overload in known(name):
        bound = _bind(overload, arguments, type_lambda)
        if bound is not None:
            return Match(overload, _result(overload, bound, arguments))
    given = ", ".join("function" if a is None else str(a) for a in arguments)
    expected = ", ".join(str(o) for o in known(name))
    message = f"Unexpected parameters ({given}) for function {name}. Expected: {expected}"
    raise AthenaError("TYPE_MISMATCH", message)


def _bind(
    overload: Overload, arguments: Sequence[Type | None], type_lambda: TypeLambda
) -> dict[str, Type] | None:
    patterns = list(overload.parameters)
    if patterns and patterns[-1].repeated:
        patterns += patterns[-1:] * (len(arguments) - len(patterns))
        patterns = patterns[: max(len(arguments), len(patterns) - 1)]
    if len(patterns) != len(arguments):
        return None
    bound: dict[str, Type] = {}
    for index, (pattern, given) in enumerate(zip(patterns, arguments, strict=True)):
        if given is None:
            *inputs, output = pattern.takes or [""]
            if not output:
                return None
            result = type_lambda(index, [_made(p, bound) for p in inputs])
            if not _unify(output, result, bound):
                return None
        elif pattern.takes or not _unify(pattern.text, given, bound):
            return None
    return bound


def _unify(pattern: str, given: Type, bound: dict[str, Type]) -> bool:
    if pattern in _VARIABLES:
        joined = common(bound[pattern], given) if pattern in bound else given
        if joined is not None:
            bound[pattern] = joined
        return joined is not None
    name, _, inner = pattern.partition("(")
    if inner and name in ("array", "map", "row"):
        if given.name == "unknown":
            return True
        parts = _split(inner[:-1])
        return (
            given.name == name
            and len(parts) == len(given.parts)
            and all(_unify(p, g, bound) for p, g in zip(parts, given.parts, strict=True))
        )
    return fits(given, pattern)


def fits(given: Type, pattern: str) -> bool:
    """Tell whether an argument suits a plain parameter."""
    if pattern == "any":
        return True
    if pattern == "instant":
        return given.temporal or given.name == "unknown"
    if pattern == "timestamp":
        return given.name in ("timestamp", "date", "unknown")
    if pattern == "interval":
        return given.interval
    if pattern == "decimal":
        return given.name == "decimal"
    if pattern == "double":
        return given.numeric or given.name == "unknown"
    if pattern == "bigint":
        return given.whole or given.name == "unknown"
    return widens(given, simple(pattern))


def _made(pattern: str, bound: Mapping[str, Type]) -> Type:
    if pattern in _VARIABLES:
        return bound.get(pattern, UNKNOWN)
    name, _, inner = pattern.partition("(")
    if inner and name in ("array", "map", "row"):
        parts = tuple(_made(p, bound) for p in _split(inner[:-1]))
        return Type(name, parts, fields=("",) * len(parts) if name == "row" else ())
    return parse(pattern)


def _result(
    overload: Overload, bound: Mapping[str, Type], arguments: Sequence[Type | None]
) -> Type:
    text = overload.result
    if text.startswith("array(="):
        return Type("array", (_argument(text[6:-1], arguments),))
    if text.startswith("="):
        return _argument(text, arguments)
    if text.startswith("instant@"):
        zone = text.partition("@")[2]
        return Type("timestamp with time zone", zone=None if zone.isdigit() else zone)
    first = arguments[0] if arguments else None
    if text == "grown" and first is not None:
        return decimal(first.numbers[0] + 1, first.numbers[1])
    if text == "whole" and first is not None:
        precision, scale = first.numbers
        return decimal(min(38, precision - scale + min(scale, 1)), 0)
    if text == "wide" and first is not None:
        return decimal(38, as_decimal(first).numbers[1])
    return _made(text, bound)


def _argument(text: str, arguments: Sequence[Type | None]) -> Type:
    found = arguments[int(text[1:]) - 1] or UNKNOWN
    return replace(found, numbers=()) if found.name == "varchar" else found
