"""The report of waivers: what applied where, by which rules, and why."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from guardrails.concerns import CONCERNS
from guardrails.report import read_report

HEAD = """\
# Security waivers

Every finding of a security rule that this project accepts, with the reason. A waiver stands on one
resource and fails the synthesis when nothing needs it any more. Written by `make docs` with every
rule pack switched on; do not edit.
"""


@dataclass(frozen=True, order=True)
class Entry:
    """One waiver that applied; ``rules`` are rule ids, each with the packs that raised it."""

    architecture: str
    concern: str
    path: str
    because: str
    rules: tuple[str, ...]


def entries(outdir: Path) -> list[Entry]:
    """Return the waivers of an assembly, sorted, so that equal waivers give equal rows.

    Raises ``LookupError`` for an acknowledgement that no concern of ours stands behind.
    """
    used: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for pack, violation in read_report(outdir).suppressed():
        path = str(violation.get("acknowledgedAt") or "")
        concern, _, because = str(violation.get("reason") or "").partition(": ")
        if concern not in CONCERNS:
            raise LookupError(
                f"{path}: {violation['acknowledgedId']} is acknowledged for {concern!r}, which"
                " is no concern: use guardrails.waive"
            )
        rule = violation["acknowledgedId"].partition("::")[2].removeprefix(f"{pack}-")
        used.setdefault((path, concern, because), set()).add((rule, pack))
    return sorted(
        Entry(path.partition("/")[0], concern, path, because, tuple(_rules(found)))
        for (path, concern, because), found in used.items()
    )


def page(found: list[Entry]) -> str:
    """Write the waivers as a Markdown page: a table for each architecture, then the concerns."""
    lines = [HEAD]
    for architecture, rows in groupby(found, key=lambda entry: entry.architecture):
        lines += [f"## {architecture}", "", "| Concern | Where | Rules | Because |"]
        lines += ["|---|---|---|---|"]
        for row in rows:
            where = row.path.removeprefix(f"{architecture}/")
            cells = (row.concern, f"`{where}`", "<br>".join(row.rules), row.because)
            escaped = (cell.replace("|", "&#124;") for cell in cells)
            lines.append(f"| {' | '.join(escaped)} |")
        lines.append("")
    lines += ["## What the concerns mean", "", "| Concern | Means |", "|---|---|"]
    for concern in sorted({entry.concern for entry in found}):
        lines.append(f"| {concern} | {CONCERNS[concern].means} |")
    return "\n".join(lines) + "\n"


def _rules(found: set[tuple[str, str]]) -> Iterator[str]:
    for rule, pairs in groupby(sorted(found), key=lambda pair: pair[0]):
        yield f"`{rule}` ({', '.join(pack for _, pack in pairs)})"


def main(arguments: list[str]) -> int:
    """Print the page for the assembly that the one argument names."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m guardrails.waiver_report <cdk.out>\n")
        return 2
    try:
        sys.stdout.write(page(entries(Path(arguments[0]))))
    except LookupError as error:
        sys.stderr.write(f"guardrails.waiver_report: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
