"""The values of a template: what a reference names, how a text reads, what nobody can know yet."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# Stands in a value for what only the deployment knows, with the reason.
UNKNOWN = "Fn::Unknown"
PARAMETER = "Fn::Parameter"
DYNAMIC = "{{resolve:"
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


class UnresolvableError(ValueError):
    """A value that only the deployment will know, where a rule has to know it now."""


def resolved(value: Any, parameters: Mapping[str, Any], mappings: Mapping[str, Any]) -> Any:
    """Evaluate what a template says about itself, and mark as unknown what it leaves open.

    ``parameters`` holds the value of each parameter of the template. Texts that are joined of
    literals become one literal, ``Fn::Sub`` becomes ``Fn::Join``, and ``AWS::NoValue`` is left out.
    """
    if isinstance(value, list):
        parts = (resolved(part, parameters, mappings) for part in value)
        return [part for part in parts if not _is_nothing(part)]
    if not isinstance(value, Mapping):
        return value
    if not is_intrinsic(value):
        inner = {name: resolved(part, parameters, mappings) for name, part in value.items()}
        return {name: part for name, part in inner.items() if not _is_nothing(part)}
    [(name, argument)] = value.items()
    match name, argument:
        case "Ref", str():
            return parameters.get(argument, value)
        case "Fn::GetAtt", str():
            return {name: argument.split(".", 1)}
        case "Fn::Sub", str():
            return _joined("", list(_substituted(argument, parameters)))
        case "Fn::Sub", [str(spelled), {**variables}]:
            known = {str(n): resolved(v, parameters, mappings) for n, v in variables.items()}
            return _joined("", list(_substituted(spelled, {**parameters, **known})))
        case "Fn::Join", [str(separator), [*joined]]:
            return _joined(separator, [resolved(part, parameters, mappings) for part in joined])
        case "Fn::Select", [index, offered]:
            known = resolved(offered, parameters, mappings)
            return known[int(index)] if _is_index(index, known) else {name: [index, known]}
        case "Fn::Split", [str(separator), joined]:
            known = resolved(joined, parameters, mappings)
            return known.split(separator) if isinstance(known, str) else {name: [separator, known]}
        case "Fn::FindInMap", [str(map_), str(top), str(second)]:
            found = mappings.get(map_, {}).get(top, {}).get(second)
            return found if found is not None else {UNKNOWN: shorten(value)}
        case "Fn::FindInMap", [str(map_), {"Ref": "AWS::Region"}, str(second)]:
            entries = [entry.get(second) for entry in mappings.get(map_, {}).values()]
            # Whichever of them it is, such a word opens nothing.
            plain_words = bool(entries) and all(WORD.fullmatch(str(entry)) for entry in entries)
            return {"Ref": f"{map_}.{second}"} if plain_words else {UNKNOWN: shorten(value)}
        case "Fn::ToJsonString", _:
            inner = resolved(argument, parameters, mappings)
            return json.dumps(inner) if _is_literal(inner) else {UNKNOWN: {name: inner}}
        case "Fn::If", _:  # which branch is unknown, but not what stands in each
            return {UNKNOWN: {name: resolved(argument, parameters, mappings)}}
        case (("Fn::ImportValue" | "Fn::FindInMap" | "Fn::Transform"), _):
            return {UNKNOWN: shorten(value)}
        case _:
            return {name: resolved(argument, parameters, mappings)}


def _is_index(index: Any, offered: Any) -> bool:
    return isinstance(offered, list) and str(index).isdigit() and int(index) < len(offered)


def unknown_parameter(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Mark a parameter as unknown; what it is by default is one of the values that it may have."""
    told = f"the parameter {name}"
    return {UNKNOWN: {PARAMETER: [told, body["Default"]]} if "Default" in body else told}


def possible(value: Any) -> Iterator[Any]:
    """Yield the values that one may have, as far as the template tells: of both branches, say."""
    match value:
        case {"Fn::Unknown": {"Fn::If": [_, *branches]}}:
            for branch in branches:
                yield from possible(branch)
        case {"Fn::Unknown": {"Fn::Parameter": [_, default]}}:
            yield default
        case _:
            yield value


def _is_nothing(value: Any) -> bool:
    return bool(value == {"Ref": "AWS::NoValue"})


def _is_literal(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not is_intrinsic(value) and all(map(_is_literal, value.values()))
    return all(map(_is_literal, value)) if isinstance(value, list) else True


def _substituted(spelled: str, known: Mapping[str, Any]) -> Iterator[Any]:
    at = 0
    for variable in VARIABLE.finditer(spelled):
        yield spelled[at : variable.start()]
        at = variable.end()
        escaped, name = variable.groups()
        if escaped:
            yield f"${{{name}}}"
        elif name in known:
            yield known[name]
        else:
            yield {"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name}
    yield spelled[at:]


def _joined(separator: str, parts: list[Any]) -> Any:
    """Join what is literal, and keep what is not between it."""
    merged: list[Any] = []
    for index, part in enumerate(parts):
        for piece in [separator, part] if index and separator else [part]:
            inner = piece.get("Fn::Join", [None])[0] if isinstance(piece, Mapping) else None
            for one in piece["Fn::Join"][1] if inner == "" else [piece]:
                simple = str(one) if isinstance(one, str | int | float) else one
                if isinstance(simple, str) and merged and isinstance(merged[-1], str):
                    merged[-1] += simple
                elif simple != "":
                    merged.append(simple)
    if len(merged) == 1:
        return merged[0]
    return {"Fn::Join": ["", merged]} if merged else ""


def is_intrinsic(value: Any) -> bool:
    """Tell whether a value is a function that CloudFormation will evaluate."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    name = str(next(iter(value)))
    return name == "Ref" or name.startswith("Fn::")


def plain(value: Any) -> Mapping[str, Any]:
    """Return a mapping that is no intrinsic; raise ``UnresolvableError`` for anything else."""
    if not isinstance(value, Mapping) or is_intrinsic(value):
        raise UnresolvableError(f"{shorten(value)} is known at deployment only")
    return value


def items(value: Any) -> list[Any]:
    """Return a list as it is, one value as a list of one, nothing as an empty list."""
    if value is None:
        return []
    if is_intrinsic(value) and next(iter(value)) in ("Fn::Split", UNKNOWN):
        raise UnresolvableError(f"{shorten(value)} is known at deployment only")
    return list(value) if isinstance(value, list) else [value]


def reference(value: Any) -> str | None:
    """Return the logical id that a Ref or Fn::GetAtt names, or None for any other value."""
    if not is_intrinsic(value):
        return None
    if "Ref" in value:
        return str(value["Ref"])
    attribute = value.get("Fn::GetAtt")
    return str(attribute[0]) if isinstance(attribute, list) else None


def text(value: Any) -> str:
    """Spell a value with its references as ``<Name>``, or raise ``UnresolvableError``.

    ``{"Fn::Join": ["", [{"Fn::GetAtt": ["Frames", "Arn"]}, "/*"]]}`` is ``<Frames.Arn>/*``.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float) and DYNAMIC not in str(value):
        return str(value)
    if is_intrinsic(value):
        [(name, argument)] = value.items()
        if name == "Ref":
            return f"<{argument}>"
        if name == "Fn::GetAtt":
            return f"<{'.'.join(argument)}>"
        if name == "Fn::Join" and isinstance(argument[1], list):
            return str(argument[0]).join(text(part) for part in argument[1])
    raise UnresolvableError(f"{shorten(value)} is known at deployment only")


def truth(value: Any) -> Any:
    """Read ``"true"`` and ``"false"`` as CloudFormation does, and leave all other values alone."""
    return (
        {"true": True, "false": False}.get(value.lower(), value)
        if isinstance(value, str)
        else value
    )


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text and number inside a value, with the path that leads to it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}.{index}")
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield path, str(value)


def shorten(value: Any) -> str:
    """Spell a value in at most eighty characters, for a message."""
    known = value[UNKNOWN] if isinstance(value, Mapping) and UNKNOWN in value else value
    if isinstance(known, Mapping) and PARAMETER in known:
        known = known[PARAMETER][0]
    spelled = known if isinstance(known, str) else json.dumps(known, default=str)
    return spelled if len(spelled) <= 80 else f"{spelled[:77]}..."
