"""Measure the architectures beside baselines, and write the page: ``make bench``."""

import os
import pkgutil
import platform
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from costs.markdown import put_between
from sandbox.host.process import SandboxError

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
IDLE = 1.0  # of the load of a minute: what the benchmark before has left of itself


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
            for place, told in sections(name, import_module(known[name])):
                print(told, flush=True)
                page = PAGE.read_text(encoding="utf-8")
                PAGE.write_text(put_between(page, place, f"\n{told}\n"), encoding="utf-8")
        except SandboxError as error:
            print(f"benchmarks: {error}", file=sys.stderr)
            return 1
    print(f"wrote {PAGE}")
    return 0


def sections(name: str, benchmark: Any) -> Iterator[tuple[str, str]]:
    """Measure; yields each place of the page with what is to stand there.

    A benchmark of several parts has ``PARTS``, the module of each by its name, and each its own
    place: ``BENCH_PARTS`` names those that are measured.
    """
    if not hasattr(benchmark, "PARTS"):
        begun = measured(f"BENCH={name}")
        yield name, f"## {name}\n\n{begun}\n\n{benchmark.report().strip()}"
        return
    parts: Mapping[str, str] = benchmark.PARTS
    chosen = os.environ.get("BENCH_PARTS", ",".join(parts)).split(",")
    if unknown := set(chosen) - set(parts):
        raise SandboxError(
            f"{name} has no parts {', '.join(sorted(unknown))}; there are {', '.join(parts)}"
        )
    for part in (part for part in parts if part in chosen):
        begun = measured(f"BENCH={name} BENCH_PARTS={part}")
        title, told = import_module(parts[part]).report()
        yield f"{name}: {part}", f"### {title}\n\n{begun}\n\n{told.strip()}"


def measured(arguments: str) -> str:
    """Say when and on what, and how to do it again; to be asked before it begins."""
    python = f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}"
    load = os.getloadavg()[0]
    busy = f", busy with other work (load {load:.1f})" if load > IDLE else ""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} ({python}, {os.cpu_count()} processors{busy})"
        f" by `make bench {arguments}`."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], benchmarks()))
