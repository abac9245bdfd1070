"""Run demos by architecture: ``python -m demos RetailDemographics[,Name]`` or ``all``."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from demos.runner import run
from demos.stage import Stage

HERE = Path(__file__).parent
REPORTS = HERE.parent / ".sandbox"


def demos() -> dict[str, str]:
    """Map each architecture that has a demo to its package."""
    folders = sorted(path.parent.name for path in HERE.glob("*/requirements.txt"))
    return {folder.title().replace("_", ""): folder for folder in folders}


def chosen(wanted: str) -> dict[str, str]:
    """Pick demos by name, separated by commas or spaces, or all of them."""
    known = demos()
    names = [name for name in re.split(r"[,\s]+", wanted) if name]
    if names == ["all"]:
        return known
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        asked = ", ".join(map(repr, unknown)) or "nothing"
        raise ValueError(f"no demo called {asked}; choose from {', '.join(known)} or all")
    return {name: known[name] for name in names}


def main(arguments: Sequence[str]) -> int:
    """Run each demo; the exit status is 0 only when every one came out right."""
    plain = bool(os.environ.get("CI") or os.environ.get("NO_COLOR"))
    console = Console(force_terminal=False if plain else None, highlight=False)
    try:
        wanted = chosen(" ".join(arguments) or "RetailDemographics")
    except ValueError as error:
        console.print(f"demos: {error}", markup=False)
        return 2
    keep = os.environ.get("KEEP", "") not in ("", "0")
    if keep and len(wanted) > 1:
        console.print("demos: KEEP=1 keeps one sandbox: name one architecture", markup=False)
        return 2
    good = True
    for name, package in wanted.items():
        file = "report.html" if len(wanted) == 1 else f"report-{package}.html"
        stage = Stage(console, REPORTS / file)
        good &= run(name, f"demos.{package}.demo", stage, keep=keep)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
