"""One synthesized template, read for rules: its resources by type, and what a value refers to."""

import json
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from guardrails.assembly import TemplateFile
from guardrails.intrinsics import (
    UnresolvableError,
    leaves,
    plain,
    reference,
    resolved,
    text,
    truth,
    unknown_parameter,
)
from guardrails.ml_lens.nested_outputs import with_outputs

PARENT = "../"


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource: its id and type, its properties, and the condition that it stands under."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    condition: str | None = None

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
        return truth(value)

    @cached_property
    def leaves(self) -> tuple[tuple[str, str], ...]:
        """Every text and number in it, with the path below ``Properties``."""
        return tuple(leaves(self.unfolded))

    @cached_property
    def unfolded(self) -> Any:
        """The properties, with the texts that spell a JSON object read as that object."""
        return _unfolded(self.properties)

    def protects(self, other: "Resource") -> bool:
        """Tell whether this one is there whenever the other is: it has no condition of its own."""
        return self.condition in (None, other.condition)


def _unfolded(value: Any) -> Any:
    if isinstance(value, list):
        return [_unfolded(part) for part in value]
    if isinstance(value, Mapping) and "Fn::Join" not in value:
        return {name: _unfolded(part) for name, part in value.items()}
    if not _begins(value).startswith("{"):
        return value
    try:
        return _unfolded(json.loads(text(value)))
    except ValueError:
        return value


def _begins(value: Any) -> str:
    first = value["Fn::Join"][1] if isinstance(value, Mapping) else [value]
    return first[0].lstrip() if first and isinstance(first[0], str) else ""


class Template:
    """The resources of one template, with every value evaluated as far as the template says it.

    A nested template knows its parent: a parameter is the value that the parent gives to it. Every
    other parameter is for the deployment to say, whatever its default, and so is unknown here. An
    output of a nested template is the value that stands there.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        parent: "Template | None" = None,
        brought_by: str | None = None,
        judged: frozenset[str] = frozenset(),
        nested: Mapping[str, TemplateFile] = MappingProxyType({}),
    ) -> None:
        self.document, self.parent, self.judged, self._nested = document, parent, judged, nested
        holder = parent.resources.get(brought_by or "") if parent else None
        given = _renamed(holder.properties.get("Parameters") or {}) if holder else {}
        self._parameters = {
            name: given.get(name, unknown_parameter(name, body))
            for name, body in document.get("Parameters", {}).items()
        }
        self.resources: Mapping[str, Resource] = {
            name: self._resource(name, body)
            for name, body in document.get("Resources", {}).items()
            if isinstance(body, Mapping)
        }

    def _resource(self, name: str, body: Mapping[str, Any]) -> Resource:
        properties = plain(self.resolve(body.get("Properties") or {}))
        return Resource(name, str(body.get("Type")), properties, body.get("Condition"))

    def changed_to(self, document: Mapping[str, Any], name: str) -> "Template":
        """Return the same template with another body of one resource; the others are not reread."""
        changed = copy(self)
        changed.document = document
        body = document["Resources"][name]
        changed.resources = {**self.resources, name: self._resource(name, body)}
        return changed

    def resolve(self, value: Any) -> Any:
        """Evaluate a value with the parameters, mappings and nested stacks of this template."""
        known = resolved(value, self._parameters, self.document.get("Mappings", {}))
        if not self._nested:
            return known
        return resolved(with_outputs(known, self._nested, self._given_to), {}, {})

    def _given_to(self, stack: str) -> Mapping[str, Any]:
        properties = self.document["Resources"][stack].get("Properties", {})
        return plain(self.resolve(properties.get("Parameters") or {}))

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of any of these types, in the order of the template."""
        return (r for r in self.resources.values() if r.type in types)

    def target(self, value: Any) -> Resource | None:
        """Return the resource that a value names, or None for one from outside."""
        name = reference(value)
        if name and name.startswith(PARENT) and self.parent:
            return self.parent.target({"Ref": name.removeprefix(PARENT)})
        stack, inside, inner = (name or "").partition("/")
        if inside and stack in self._nested:
            return template_of(self._nested[stack]).target({"Ref": inner})
        return self.resources.get(name) if name else None


@lru_cache(maxsize=512)
def template_of(file: TemplateFile) -> Template:
    """Read a file of an assembly, and those that it is nested in."""
    return Template(
        file.document,
        parent=template_of(file.parent) if file.parent else None,
        brought_by=file.brought_by,
        judged=frozenset(file.nested) | {name for name, _ in file.bodies()},
        nested=file.nested,
    )


def _renamed(value: Any) -> Any:
    """Mark the references of a parent's value, which its nested template sees from below."""
    if isinstance(value, list):
        return [_renamed(part) for part in value]
    if not isinstance(value, Mapping):
        return value
    match value:
        case {"Ref": str(name)} if not name.startswith("AWS::"):
            return {"Ref": f"{PARENT}{name}"}
        case {"Fn::GetAtt": [name, attribute]}:
            return {"Fn::GetAtt": [f"{PARENT}{name}", attribute]}
    return {name: _renamed(part) for name, part in value.items()}
