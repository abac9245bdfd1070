"""Packages of a layer with machine code for another machine: this one's stand in, if the same."""

import csv
import platform
import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, PathDistribution, version
from pathlib import Path


class ForeignPackageError(RuntimeError):
    """A layer holds machine code that this machine cannot run, and nothing can stand in."""


def leave_out(layer: Path) -> None:
    """Delete packages that this interpreter cannot load, so that it finds those it has itself.

    That is done where the very same version is installed here. Raises ForeignPackageError for any
    other: a function would run with other code than it ships with.
    """
    for folder in sorted(layer.rglob("*.dist-info")):
        found = PathDistribution(folder)
        tags = re.findall(r"^Tag: (\S+)$", found.read_text("WHEEL") or "", re.MULTILINE)
        if not tags or runs_here(tags):
            continue
        name = found.metadata["Name"]
        if (here := _installed(name)) != found.version:
            raise ForeignPackageError(
                f"a layer holds {name} {found.version} for {tags[0]}; here is {here or 'none'}; "
                f"install {name}=={found.version} beside the emulator to run the function"
            )
        _delete(found, folder.parent)


def runs_here(tags: Iterable[str]) -> bool:
    """Tell whether an interpreter like this one loads a wheel with one of these tags."""
    ours = (sys.version_info.major, sys.version_info.minor)
    for tag in tags:
        python, abi, system = tag.split("-")
        built = re.fullmatch(r"cp(\d)(\d+)", python)
        fits = built is None or (int(built[1]), int(built[2])) == ours
        stable = built is not None and abi == "abi3" and (int(built[1]), int(built[2])) <= ours
        here = sys.platform == "linux" and system.endswith(f"_{platform.machine()}")
        if (fits or stable) and (system == "any" or here):
            return True
    return False


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _delete(found: Distribution, root: Path) -> None:
    for row in csv.reader((found.read_text("RECORD") or "").splitlines()):
        path = (root / row[0]).resolve()
        if path.is_relative_to(root.resolve()):
            path.unlink(missing_ok=True)
