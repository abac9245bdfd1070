"""What a service's own model demands of a request: members, lengths, patterns, values."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.core import service_models

# Java's classes of characters. Letters stand beside ``_`` and numbers wherever models use them;
# of marks, punctuation and symbols, those of the first planes of Unicode.
_SIGNS = r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e\xa1-\xbf\xd7\xf7\u2010-\u2bff\u3001-\u303f"
_CLASSES = {
    r"[\P{M}\p{M}]": r"[\s\S]",
    r"\p{ASCII}": r"[\x00-\x7f]",
    r"\p{Print}": r"[\x20-\x7e]",
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\s",
    r"\p{M}": r"\u0300-\u036f",
    r"\p{P}": _SIGNS,
    r"\p{S}": _SIGNS,
    r"\p{Alnum}": "0-9A-Za-z",
}
# As a model of SageMaker's has it, behind a group that repeats as often as it will.
_CLASSES |= {"${1,128}": "", "${1,256}": ""}


def violations(service: str, operation: str, request: Mapping[str, Any]) -> list[str]:
    """List what AWS would say of a request before it looks at what the request means."""
    shape = service_models.model(service).operation_model(operation).input_shape
    return list(_of_structure(shape, request, ""))


def validation_message(found: list[str]) -> str:
    """Spell violations as AWS does."""
    errors = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {errors} detected: {'; '.join(found)}"


def _of_structure(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _failed(value, path, "Member must be a structure")
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield _failed(None, _below(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _of(member, value[name], _below(path, name))


def _of(shape: Any, value: Any, path: str) -> Iterator[str]:
    match shape.type_name:
        case "structure":
            yield from _of_structure(shape, value, path)
        case "list":
            yield from _of_list(shape, value, path)
        case "string":
            yield from _of_text(shape, value, path)
        case "integer" | "long" | "float" | "double":
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield _failed(value, path, "Member must be a number")
            else:
                yield from _between(shape, value, value, path, "value")
        case "boolean":
            if not isinstance(value, bool):
                yield _failed(value, path, "Member must be a boolean")


def _of_list(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _failed(value, path, "Member must be a list")
        return
    yield from _between(shape, len(value), value, path, "length")
    for number, item in enumerate(value, start=1):
        yield from _of(shape.member, item, f"{path}.{number}.member")


def _of_text(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _failed(value, path, "Member must be a string")
        return
    yield from _between(shape, len(value), value, path, "length")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(_python(pattern), value):
        must = f"Member must satisfy regular expression pattern: {pattern}"
        yield _failed(value, path, must)
    if shape.enum and value not in shape.enum:
        yield _failed(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")


def _python(pattern: str) -> str:
    """Write what models use of Java's as Python does: some classes, and pairs of surrogates."""
    written = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010ffff")
    for java, python in _CLASSES.items():
        written = written.replace(java, python)
    return written


def _between(shape: Any, size: float, value: Any, path: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _failed(value, path, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _failed(value, path, f"Member must have {what} less than or equal to {most}")


def _failed(value: Any, path: str, must: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {must}"


def _below(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name
