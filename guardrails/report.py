"""CDK's validation-report.json, read with suspicion."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPORT = "validation-report.json"


@dataclass(frozen=True)
class Report:
    """What each plug-in said; one that had nothing to say is left out by CDK."""

    plugins: tuple[dict[str, Any], ...]

    def failures(self) -> Iterator[str]:
        """Yield a line for each plug-in that failed or found something, whatever it concluded."""
        for plugin in self.plugins:
            broken = sorted({v["ruleName"] for v in plugin.get("violations") or ()})
            if plugin.get("conclusion") != "success" or broken:
                why = ", ".join(broken) or plugin.get("metadata") or "no violation was named"
                yield f"{plugin.get('pluginName')} did not pass: {why}; see {REPORT}"

    def suppressed(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (pack, violation) for every violation that a waiver covers."""
        for plugin in self.plugins:
            for violation in plugin.get("suppressedViolations") or ():
                yield plugin["pluginName"], violation

    def acknowledged(self) -> Iterator[tuple[str, str]]:
        """Yield (construct path, qualified id) of every acknowledgement that was used."""
        for _, violation in self.suppressed():
            yield violation.get("acknowledgedAt") or "", violation["acknowledgedId"]


def read_report(outdir: Path) -> Report:
    """Read the report of one assembly. CDK always writes one: without it nothing was checked."""
    path = outdir / REPORT
    if not path.exists():
        raise LookupError(
            f"{path} does not exist: validation did not run; synthesize the app with guard(app) on"
        )
    return Report(tuple(json.loads(path.read_text("utf-8"))["pluginReports"]))
