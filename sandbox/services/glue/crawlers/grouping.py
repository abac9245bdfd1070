"""Which objects are one table, and which folders are its partitions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sandbox.services.glue.crawlers.classifiers import UNKNOWN, Classified, combined

ALIKE = 0.7  # of the names of their columns, so that two schemas are one table's


@dataclass(frozen=True)
class Object:
    """One object below a target: its folders, its name, its size, and what it was taken for."""

    folders: tuple[str, ...]
    name: str
    size: int
    what: Classified


@dataclass(frozen=True)
class Found:
    """A table: where it lies, what its objects are, and the partitions by their folders."""

    name: str
    folders: tuple[str, ...]  # below the target
    what: Classified
    size: int
    objects: int
    keys: tuple[str, ...] = ()
    partitions: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    is_object: bool = False  # and no folder: ``folders`` ends in its name


def tables(objects: Sequence[Object], target: str) -> Iterator[Found]:
    """Group objects: alike below one folder they are a table, else each folder is looked at.

    ``target`` is the last folder of the place that is crawled. What no classifier knows is left
    out.
    """
    known = [each for each in objects if each.what.format != UNKNOWN]
    yield from _below(known, (), target)


def _below(objects: list[Object], folders: tuple[str, ...], name: str) -> Iterator[Found]:
    if not objects:
        return
    depth = len(folders)
    depths = {len(each.folders) for each in objects}
    if len(depths) == 1 and _are_alike(objects):
        yield _table(objects, folders, name)
        return
    for each in (o for o in objects if len(o.folders) == depth):
        yield replace(
            _table([each], folders, each.name), folders=(*folders, each.name), is_object=True
        )
    children = dict.fromkeys(o.folders[depth] for o in objects if len(o.folders) > depth)
    for child in children:
        inside = [o for o in objects if len(o.folders) > depth and o.folders[depth] == child]
        yield from _below(inside, (*folders, child), child)


def _table(objects: list[Object], folders: tuple[str, ...], name: str) -> Found:
    depth = len(folders)
    below = objects[0].folders[depth:]
    keys = tuple(
        part.partition("=")[0].lower() if "=" in part else f"partition_{number}"
        for number, part in enumerate(below)
    )
    return Found(
        name=spelled(name),
        folders=folders,
        what=combined([each.what for each in objects]),
        size=sum(each.size for each in objects),
        objects=len(objects),
        keys=keys,
        partitions={
            tuple(part.partition("=")[2] if "=" in part else part for part in o.folders[depth:]): (
                o.folders
            )
            for o in objects
        }
        if keys
        else {},
    )


def _are_alike(objects: list[Object]) -> bool:
    first = objects[0].what
    return all(
        (o.what.format, o.what.compression) == (first.format, first.compression)
        and _share(set(first.columns), set(o.what.columns)) >= ALIKE
        for o in objects
    )


def _share(left: set[str], right: set[str]) -> float:
    return len(left & right) / max(len(left), len(right), 1)


def spelled(name: str) -> str:
    """Name a table as the catalog has it."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower())
