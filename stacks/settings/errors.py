"""Say what is wrong with a setting: file, key, value, what is allowed."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

Origin = Mapping[tuple[str, ...], str]


class SettingsError(ValueError):
    """A setting that cannot be used; its text is meant for a person."""


def explain(
    error: ValidationError,
    model: type[BaseModel],
    origin: Origin,
    *,
    told_elsewhere: Collection[tuple[str, ...]] = (),
) -> str:
    """Write one line for each mistake that pydantic found.

    ``told_elsewhere`` are keys whose values come from another section, which has the same mistake.
    """
    schema = model.model_json_schema()
    details = [d for d in error.errors(include_url=False) if d["loc"] not in told_elsewhere]
    return "\n".join(_line(detail, schema, origin) for detail in details)


def _line(detail: Mapping[str, Any], schema: dict[str, Any], origin: Origin) -> str:
    path = tuple(str(part) for part in detail["loc"] if part != "[key]")
    source, key = _source(path, origin), ".".join(path)
    if detail["type"] == "missing":
        return f"{source}: {key} is missing; allowed: {_allowed(path, schema, detail)}; add it"
    if detail["type"] == "extra_forbidden":
        known = sorted(_node(path[:-1], schema).get("properties", {}))
        close = get_close_matches(path[-1], known, n=1)
        hint = f"did you mean {close[0]}?" if close else "remove it"
        return f"{source}: {key} is not a setting; allowed: {', '.join(known)}; {hint}"
    if detail["type"] == "value_error" and isinstance(detail["input"], Mapping):
        allowed = _allowed(path, schema, detail)
        return f"{source}: {key} does not fit together; allowed: {allowed}; change it there"
    return (
        f"{source}: {key} is {detail['input']!r}; allowed: {_allowed(path, schema, detail)}; "
        "change it there"
    )


def _source(path: tuple[str, ...], origin: Origin) -> str:
    """Find which file, or the command line, set the value or the nearest table around it."""
    while path and path not in origin:
        path = path[:-1]
    return origin.get(path, "config/default.toml")


def _node(path: tuple[str, ...], schema: dict[str, Any]) -> dict[str, Any]:
    """Walk a JSON schema to the part that describes one key."""
    node: dict[str, Any] = schema
    for part in path:
        node = _resolved(node, schema)
        if "properties" in node:
            node = node["properties"].get(part, {})
        elif "patternProperties" in node:
            node = next(iter(node["patternProperties"].values()))
        else:
            node = node.get("items") or node.get("additionalProperties") or {}
    return _resolved(node, schema)


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else node


def _allowed(path: tuple[str, ...], schema: dict[str, Any], detail: Mapping[str, Any]) -> str:
    """Describe what a key may hold: the validator's own words, or the schema's."""
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    node = _node(path, schema)
    if "[key]" in detail["loc"] or detail["type"] == "string_pattern_mismatch":
        return f"text that matches {detail['ctx']['pattern']}"
    return _kind(node, schema)


def _kind(node: dict[str, Any], schema: dict[str, Any]) -> str:
    node = _resolved(node, schema)
    if "enum" in node:
        return "one of " + ", ".join(str(choice) for choice in node["enum"])
    if node.get("type") in {"integer", "number"}:
        words = "a whole number" if node["type"] == "integer" else "a number"
        return f"{words} from {node['minimum']:.10g} to {node['maximum']:.10g}"
    if node.get("type") == "array":
        return f"a list of {_kind(node['items'], schema)}"
    plain = {"boolean": "true or false", "string": "text", "object": "a table"}
    return plain.get(str(node.get("type")), "text")
