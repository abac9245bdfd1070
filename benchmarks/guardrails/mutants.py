"""Every property of a template deleted, weakened, widened and replaced by ``*``, each alone."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from guardrails.intrinsics import is_intrinsic

Path = tuple[str | int, ...]


class Gone(Enum):
    """What a property becomes that is left out; the same in every process."""

    DELETED = "deleted"


BUCKET_POLICY = "AWS::S3::BucketPolicy"
STUB = "AWS::CloudFormation::WaitConditionHandle"
WIDE = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":*"]]}


@dataclass(frozen=True)
class Mutant:
    """One changed property: the resource, the path to it, what was done, and the new value."""

    logical_id: str
    type: str
    path: Path
    done: str
    value: Any

    @property
    def place(self) -> str:
        """The type and the property, without the numbers of list entries."""
        return f"{self.type} {'.'.join(step for step in self.path if isinstance(step, str))}"

    def applied_to(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the template with the one change."""
        resource = copy.deepcopy(document["Resources"][self.logical_id])
        holder = resource["Properties"]
        for step in self.path[:-1]:
            holder = holder[step]
        if self.value is Gone.DELETED:
            del holder[self.path[-1]]
        else:
            holder[self.path[-1]] = self.value
        return {**document, "Resources": {**document["Resources"], self.logical_id: resource}}


def mutants_of(document: Mapping[str, Any]) -> Iterator[Mutant]:
    """Yield every mutant of every property."""
    for logical_id, resource in document["Resources"].items():
        for path, value in _properties(resource.get("Properties", {}), ()):
            for done, new in _mutations(value):
                if new != value:
                    yield Mutant(logical_id, resource["Type"], path, done, new)


def _properties(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, value
    if isinstance(value, Mapping) and not is_intrinsic(value):
        for name, inner in value.items():
            yield from _properties(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _properties(inner, (*path, index))


def _mutations(value: Any) -> Iterator[tuple[str, Any]]:
    yield "deleted", Gone.DELETED
    if isinstance(value, bool):
        yield "weakened", not value
    elif isinstance(value, int):
        yield "weakened", 1
    elif isinstance(value, str) or is_intrinsic(value):
        yield "replaced", "*"
        yield "widened", WIDE


def alike(document: Mapping[str, Any]) -> dict[tuple[str, ...], list[Mutant]]:
    """Group the mutants that are the same to every rule.

    They change an equal value at the same place of the same type in the same way; of a policy the
    whole statement is equal. A resource that it refers to counts as its type.
    """
    types = {name: resource["Type"] for name, resource in document["Resources"].items()}
    names = re.compile(rf"\b({'|'.join(sorted(types, key=len, reverse=True))})\b")
    groups: dict[tuple[str, ...], list[Mutant]] = {}
    for mutant in mutants_of(document):
        value: Any = document["Resources"][mutant.logical_id]["Properties"]
        around: Any = None
        for step in mutant.path:
            value = value[step]
            around = value if isinstance(value, Mapping) and "Effect" in value else around
        spelled = names.sub(lambda found: types[found[1]], json.dumps([value, around]))
        groups.setdefault((mutant.place, mutant.done, spelled), []).append(mutant)
    return groups


def neighbourhood(document: Mapping[str, Any], logical_id: str) -> dict[str, Any]:
    """Cut out a resource, what refers to it, and what these refer to: no rule looks further.

    The policy of a bucket stands for the bucket. What lies further is a stub, so that no reference
    dangles.
    """
    resources = document["Resources"]
    centre = {logical_id}
    if resources[logical_id]["Type"] == BUCKET_POLICY:
        centre |= _words(resources[logical_id]["Properties"].get("Bucket")) & set(resources)
    near = centre | {n for n, body in resources.items() if centre & _words(body)}
    kept = near | set().union(*(_words(resources[name]) for name in near)) & set(resources)
    named = set().union(*(_words(resources[name]) for name in kept)) & set(resources)
    cut = {
        name: body if name in kept else {"Type": STUB}
        for name, body in resources.items()
        if name in kept | named
    }
    return {**{k: v for k, v in document.items() if k != "Outputs"}, "Resources": cut}


def _words(value: Any) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9]+", json.dumps(value)))
