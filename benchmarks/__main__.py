"""Measure the architectures beside baselines, and write the page: ``make bench``."""

import os
import pkgutil
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from costs.markdown import put_between
from sandbox.host.process import SandboxError

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"


def benchmarks() -> dict[str, str]:
    """Map each architecture that is measured to the module whose ``report()`` measures it."""
    names = [found.name for found in pkgutil.iter_modules([str(HERE)]) if found.name[0] != "_"]
    return {name.title().replace("_", ""): f"benchmarks.{name}" for name in names}


def main(names: list[str], known: Mapping[str, str]) -> int:
    """Measure the architectures named, or all; rewrite what the page says of each."""
    if unknown := set(names) - set(known):
        print(
            f"benchmarks: there are none of {', '.join(sorted(unknown))}; "
            f"there are some of {', '.join(known)}",
            file=sys.stderr,
        )
        return 2
    for name in names or known:
        try:
            told = import_module(known[name]).report()
        except SandboxError as error:
            print(f"benchmarks: {error}", file=sys.stderr)
            return 1
        told = f"## {name}\n\n{measured(name)}\n\n{told.strip()}"
        print(told)
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(put_between(page, name, f"\n{told}\n"), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


def measured(name: str) -> str:
    """Say when and on what, and how to do it again."""
    python = f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}"
    processors = f"{os.cpu_count()} processors"
    command = f"`make bench BENCH={name}`"
    return f"Measured on {datetime.now(UTC):%Y-%m-%d} ({python}, {processors}) by {command}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], benchmarks()))
