"""What ships of a source root: the modules and schemas of a few packages. Pure."""

import re
from pathlib import Path

SHIPPED = re.compile(r"[^\W\d]\w*(\.py|\.v\d+\.schema\.json)")


def all_but(root: Path, *packages: str) -> list[str]:
    """List the patterns that keep everything out of an asset but modules and ``*.schema.json``.

    What editors, tools and Python itself leave beside a module never ships.
    """
    found = [path for name in packages for path in (root / name).rglob("*.*")]
    shipped = [path.relative_to(root) for path in found if SHIPPED.fullmatch(path.name)]
    folders = {folder for path in shipped for folder in path.parents[:-1]}
    # To CDK's patterns, `*` stands for no name that begins with a dot.
    return ["*", ".*", *(f"!{path.as_posix()}" for path in sorted({*folders, *shipped}))]
