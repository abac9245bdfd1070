"""What ships of a source root: the modules and schemas of a few packages. Pure."""

import re
from pathlib import Path

SHARED_CODE = "runtime"  # the package that ships beside each architecture's own
SHIPPED = re.compile(r"[^\W\d]\w*(\.py|\.v\d+\.schema\.json)")


def all_but(root: Path, *packages: str) -> list[str]:
    """List the patterns that keep everything out of an asset but modules and ``*.schema.json``.

    What editors, tools and Python itself leave beside a module never ships.
    """
    found = shipped(root, *packages)
    folders = {folder for path in found for folder in path.parents[:-1]}
    # To CDK's patterns, `*` stands for no name that begins with a dot.
    return ["*", ".*", *(f"!{path.as_posix()}" for path in sorted({*folders, *found}))]


def shipped(root: Path, *packages: str) -> list[Path]:
    """List the modules and schemas of packages, by their places below the root."""
    found = [path for name in packages for path in (root / name).rglob("*.*")]
    return sorted(path.relative_to(root) for path in found if SHIPPED.fullmatch(path.name))
