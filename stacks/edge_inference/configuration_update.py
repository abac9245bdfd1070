"""What a component's configuration is after a deployment, by Greengrass's own rules. Pure."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any


def updated(
    current: Mapping[str, Any],
    default: Mapping[str, Any],
    *,
    reset: Iterable[str] = (),
    merge: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Apply a deployment's ``configurationUpdate``: what it resets first, then what it merges.

    ``reset`` are JSON pointers: each place becomes what the default configuration has there, and
    goes where that has nothing; ``""`` is all of it. Objects merge key by key, everything else,
    lists too, is replaced. Raises ValueError for what is no pointer.
    https://docs.aws.amazon.com/greengrass/v2/developerguide/update-component-configurations.html
    """
    result: dict[str, Any] = copy.deepcopy(dict(current))
    for pointer in reset:
        if not pointer:
            result = copy.deepcopy(dict(default))
            continue
        if not pointer.startswith("/"):
            raise ValueError(f"{pointer!r} is no JSON pointer; it is '' or begins with '/'")
        names = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
        _reset(result, default, names)
    return _merged(result, merge or {})


def _reset(result: dict[str, Any], default: Mapping[str, Any], names: list[str]) -> None:
    first, *rest = names
    if rest:
        inner = result.get(first)
        if isinstance(inner, dict):
            known = default.get(first)
            _reset(inner, known if isinstance(known, Mapping) else {}, rest)
    elif first in default:
        result[first] = copy.deepcopy(default[first])
    else:
        result.pop(first, None)


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(one)
    for name, value in other.items():
        held = result.get(name)
        both = isinstance(held, Mapping) and isinstance(value, Mapping)
        result[name] = _merged(held, value) if both else copy.deepcopy(value)  # type: ignore[arg-type]  # both are mappings
    return result
