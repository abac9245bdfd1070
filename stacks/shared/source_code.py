"""What ships of a source root: the Python files of a few packages. Pure."""

from pathlib import Path


def all_but(root: Path, *packages: str) -> list[str]:
    """List the patterns that keep everything out of an asset but the modules of packages.

    What editors, tools and Python itself leave beside a module never ships.
    """
    modules = (path for name in packages for path in (root / name).rglob("*.py"))
    shipped = [path.relative_to(root) for path in modules if path.stem.isidentifier()]
    folders = {folder for path in shipped for folder in path.parents[:-1]}
    # To CDK's patterns, `*` stands for no name that begins with a dot.
    return ["*", ".*", *(f"!{path.as_posix()}" for path in sorted({*folders, *shipped}))]
