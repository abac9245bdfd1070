"""Write what is generated of the pages: pictures, costs, alarms, quotas, waivers, gaps."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from app import build_app  # first of ours: it chooses the Node that aws_cdk starts
from costs.markdown import put_between
from demos.state_machine import definition_in, picture, read
from docs import algorithms, new_account
from docs.alarms import alarm_table
from guardrails import gate, rule_page, waiver_report
from guardrails.packs import ALL_PACKS
from sandbox.services.cloudformation import ignored_properties

DOCS = Path(__file__).parent
RULES = DOCS / "guardrails.md"
WAIVERS = DOCS / "security-waivers.md"
NEW_ACCOUNT = DOCS / "new-account.md"
SANDBOX = DOCS.parent / "sandbox" / "README.md"
FURTHER = {"model_training": algorithms.tables}  # tables of a page beside costs and alarms
EVERY_RULE = {"guardrails.packs": list(ALL_PACKS)}  # the waivers of every pack, switched on or not


def generated(assembly: Path) -> dict[Path, str]:
    """Return every generated file with its text, so that a test can compare and not write.

    ``assembly`` is the folder of a synthesis with ``EVERY_RULE``.
    """
    return {
        **dict(architectures(assembly)),
        RULES: rule_page.page(),
        WAIVERS: waiver_report.page(waiver_report.entries(assembly)),
        NEW_ACCOUNT: filled(NEW_ACCOUNT, new_account.tables()),
        SANDBOX: filled(SANDBOX, {"inert": ignored_properties.table(), "replaced": _replaced()}),
    }


def architectures(assembly: Path) -> Iterator[tuple[Path, str]]:
    """Give the page of each architecture that has costs, the picture of each that has a demo."""
    for page in sorted(DOCS.glob("*.md")):
        costs, drawn = _module(f"costs.{page.stem}"), _module(f"demos.{page.stem}.diagram")
        if not (costs or drawn):
            continue
        stack = page.stem.title().replace("_", "")
        template = json.loads((assembly / f"{stack}.template.json").read_text("utf-8"))
        if costs:
            told = {**costs.tables(), "alarms": alarm_table(template, stack)}
            yield page, filled(page, {**told, **FURTHER.get(page.stem, dict)()})
        if drawn:
            yield DOCS / "images" / f"{page.stem}.svg", drawn.DIAGRAM.standalone()
            for name, draw in getattr(drawn, "PICTURES", {}).items():
                yield DOCS / "images" / f"{name}.svg", draw()
            for name, (construct, title) in getattr(drawn, "MACHINES", {}).items():
                machine = read(definition_in(template, construct))
                graph = picture(machine, title=title, name=name)
                yield DOCS / "images" / f"{name}.svg", graph.standalone()


def filled(page: Path, tables: Mapping[str, str]) -> str:
    """Put tables into a page, each in its place."""
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = put_between(text, name, table)
    return text


def _replaced() -> str:
    """Ask the sandbox, in a process of its own: to know what it replaces, it must replace it."""
    command = [sys.executable, "-m", "sandbox", "replaced"]
    done = subprocess.run(  # noqa: S603 (our own module, no outside input)
        command, cwd=DOCS.parent, capture_output=True, text=True, check=True
    )
    return done.stdout[done.stdout.index("| Function of") :].rstrip()


def _module(name: str) -> ModuleType | None:
    """Import a module, if there is one: an architecture need not have costs, nor a demo."""
    package = name.rpartition(".")[0]
    return import_module(name) if find_spec(package) and find_spec(name) else None


def main() -> None:
    """Rewrite what has changed, and say so."""
    with tempfile.TemporaryDirectory() as folder:
        gate(build_app(outdir=folder, overrides=EVERY_RULE))
        pages = generated(Path(folder))
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
