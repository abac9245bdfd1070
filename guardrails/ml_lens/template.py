"""One synthesized template, read for rules: resources by type, what a value refers to, its text."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


class UnresolvableError(ValueError):
    """A value that only the deployment will know, where a rule has to know it now."""


@dataclass(frozen=True)
class Resource:
    """One resource: its id and type in the template, and its properties."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]

    def at(self, *path: str) -> Any:
        """Return the property below a path of names, or None; an intrinsic on the way raises."""
        value: Any = self.properties
        for name in path:
            if value is None:
                return None
            try:
                value = plain(value).get(name)
            except UnresolvableError as error:
                where = f"{self.logical_id}.{'.'.join(path)}"
                raise UnresolvableError(f"{where}: {error}") from None
        return value


class Template:
    """The resources of one template."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.resources = {
            name: Resource(name, body["Type"], plain(body.get("Properties") or {}))
            for name, body in document.get("Resources", {}).items()
        }

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of any of these types, in the order of the template."""
        return (r for r in self.resources.values() if r.type in types)

    def target(self, value: Any) -> Resource | None:
        """Return the resource of this template that a value names, or None for one from outside."""
        name = reference(value)
        return self.resources.get(name) if name else None


def plain(value: Any) -> Mapping[str, Any]:
    """Return a mapping that is no intrinsic; raise ``UnresolvableError`` for anything else."""
    if not isinstance(value, Mapping) or is_intrinsic(value):
        raise UnresolvableError(f"{shorten(value)} is known at deployment only")
    return value


def items(value: Any) -> list[Any]:
    """Return a list as it is, one value as a list of one, nothing as an empty list."""
    if value is None:
        return []
    if is_intrinsic(value) and next(iter(value)) in ("Fn::If", "Fn::FindInMap", "Fn::Split"):
        raise UnresolvableError(f"{shorten(value)} is known at deployment only")
    return list(value) if isinstance(value, list) else [value]


def is_intrinsic(value: Any) -> bool:
    """Tell whether a value is a function that CloudFormation will evaluate."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    name = str(next(iter(value)))
    return name == "Ref" or name.startswith("Fn::")


def reference(value: Any) -> str | None:
    """Return the logical id that a Ref, Fn::GetAtt or lone Fn::Sub variable names, if it is one."""
    if is_intrinsic(value):
        if "Ref" in value:
            return str(value["Ref"])
        if "Fn::GetAtt" in value:
            attribute = value["Fn::GetAtt"]
            return str(attribute[0] if isinstance(attribute, list) else attribute.split(".")[0])
        if isinstance(value.get("Fn::Sub"), str):
            lone = re.fullmatch(r"\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9.]+)?\}", value["Fn::Sub"])
            return lone[1] if lone else None
    return None


def text(value: Any) -> str:
    """Spell a value with its references as ``<Name>``, or raise ``UnresolvableError``.

    ``{"Fn::Join": ["", [{"Fn::GetAtt": ["Frames", "Arn"]}, "/*"]]}`` is ``<Frames.Arn>/*``.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if is_intrinsic(value):
        name, argument = next(iter(value.items()))
        if name == "Ref":
            return f"<{argument}>"
        if name == "Fn::GetAtt":
            return f"<{'.'.join(argument) if isinstance(argument, list) else argument}>"
        if name == "Fn::Join" and isinstance(argument[1], list):
            return str(argument[0]).join(text(part) for part in argument[1])
        if name == "Fn::Sub" and isinstance(argument, str):
            return re.sub(r"\$\{(?!!)([^}]+)\}", r"<\1>", argument)
        if name == "Fn::ImportValue":
            return f"<{text(argument)}>"
    raise UnresolvableError(f"{shorten(value)} is known at deployment only")


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
    spelled = json.dumps(value, default=str)
    return spelled if len(spelled) <= 80 else f"{spelled[:77]}..."
