"""Assemblies are built before a test wants them, by a process that yields to all others."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from testing.scheduling import architecture_of, file_of

ROOT = Path(__file__).parents[1]
# Which assemblies each file wants; `make test PYTEST_ARGS=--record-durations` rewrites it.
WANTED = Path(__file__).with_name("assemblies.json")
NOTES = (
    "ASSEMBLIES_WANTED"  # a variable that names the file where it is noted which test wants what
)
YIELDING = 10  # a tenth of the processor that others want too, all of what they leave


def wanted(files: Iterable[str]) -> list[dict[str, Any]]:
    """List arguments of assemblies in the order in which these files' tests will want them.

    One worker begins with the files that deploy, another with those that do not.
    """
    by_file: dict[str, list[dict[str, Any]]] = json.loads(WANTED.read_text(encoding="utf-8"))
    known = [file for file in files if file in by_file]
    deployed = [file for file in known if architecture_of(file)]
    plain = [file for file in known if not architecture_of(file)]
    in_turn = filter(None, chain.from_iterable(zip_longest(deployed, plain)))
    found = (json.dumps(each, sort_keys=True) for file in in_turn for each in by_file[file])
    return [json.loads(each) for each in dict.fromkeys(found)]


def note(said: Mapping[str, Any]) -> None:
    """Note that the test which runs wants this assembly, where a run is recorded."""
    if (notes := os.environ.get(NOTES)) and (test := os.environ.get("PYTEST_CURRENT_TEST")):
        with Path(notes).open("a", encoding="utf-8") as file:
            file.write(json.dumps([file_of(test), said], sort_keys=True) + "\n")


def write_down(notes: Iterable[str]) -> None:
    """Keep what was noted, each assembly once for each file."""
    found: dict[str, list[str]] = {}
    for file, said in map(json.loads, dict.fromkeys(notes)):
        found.setdefault(file, []).append(json.dumps(said, sort_keys=True))
    entries = [
        json.dumps(file) + ": [\n" + ",\n".join(each) + "\n]"
        for file, each in sorted(found.items())
    ]
    WANTED.write_text("{\n" + ",\n".join(entries) + "\n}\n", encoding="utf-8")


def start(files: Iterable[str]) -> "subprocess.Popen[str] | None":
    """Begin to build what these files want; None when they want nothing."""
    if not (arguments := wanted(files)):
        return None
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    with process.stdin as given:
        given.write(json.dumps([os.getpid(), arguments]))
    return process


def main() -> None:
    """Build what standard input lists, as long as there is somebody who wants it."""
    os.nice(YIELDING)
    parent, arguments = json.load(sys.stdin)
    from testing.assemblies import Assemblies  # it imports the CDK, which starts Node

    assemblies = Assemblies(ROOT / ".build" / "assemblies")
    for each in arguments:
        if os.getppid() != parent:
            return
        assemblies.build_unless_begun(**each)


if __name__ == "__main__":
    main()
