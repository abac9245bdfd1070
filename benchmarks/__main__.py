"""Measure the architectures beside baselines, and write the page: ``make bench``."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import retail_demographics, service_chain
from benchmarks.pages import put_between
from sandbox.host.process import SandboxError

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
REPORTS = {
    "RetailDemographics": retail_demographics.report,
    "ServiceChain": service_chain.report,
}


def main(names: list[str]) -> int:
    """Measure the architectures named, or all; rewrite what the page says of each."""
    if unknown := set(names) - set(REPORTS):
        print(
            f"benchmarks: there are none of {', '.join(sorted(unknown))}; "
            f"there are some of {', '.join(REPORTS)}",
            file=sys.stderr,
        )
        return 2
    for name in names or REPORTS:
        try:
            told = REPORTS[name]()
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
    sys.exit(main(sys.argv[1:]))
