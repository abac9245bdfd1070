"""Assemblies of the real app, each built once however many tests, workers and runs want it."""

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import app  # first of ours: it chooses the Node that aws_cdk starts
from guardrails import gate
from testing import ahead

ROOT = Path(__file__).parents[1]
# All that an assembly is made of: change any of it, and none that was built before is used.
SOURCES = ("app.py", "cdk.json", "requirements.txt", "config", "stacks", "guardrails")
SHIPPED = ("lambda", "jobs", "components")
# What the app, or the CDK, could read besides.
VARIABLES = ("CDK_VALIDATION", "CDK_DEFAULT_REGION", "AWS_REGION", "AWS_DEFAULT_REGION")
FORGOTTEN_AFTER = 24 * 60 * 60  # seconds; what other sources made is of no use for long


class Assemblies:
    """A folder of assemblies that the gate has let through, by sources and arguments."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / fingerprint()
        self._folder.mkdir(parents=True, exist_ok=True)
        os.utime(self._folder)
        for other in folder.iterdir():
            if time.time() - other.stat().st_mtime > FORGOTTEN_AFTER:
                shutil.rmtree(other, ignore_errors=True)

    def build(self, **arguments: Any) -> Path:
        """Build the app with these arguments and let the gate judge it; gives its folder.

        Raises what ``build_app`` and the gate raise; then nothing is kept.
        """
        said = {name: value for name, value in arguments.items() if value}  # {} is no override
        place = self._place(said)
        with _alone(place.with_suffix(".lock")):
            _make(place, said)
        ahead.note(said)
        return place

    def build_unless_begun(self, **said: Any) -> None:
        """Build it as ``build`` does, if nobody else is at it, and have nobody wait for that."""
        place = self._place(said)
        with suppress(BlockingIOError):
            with _alone(place.with_suffix(".lock"), wait=False):
                pass
            _make(place, said, ".ahead")

    def _place(self, said: Mapping[str, Any]) -> Path:
        asked = json.dumps([said, *map(os.environ.get, VARIABLES)], sort_keys=True)
        return self._folder / hashlib.sha256(asked.encode()).hexdigest()[:16]

    def template(self, name: str, **arguments: Any) -> str:
        """Read the text of one architecture's template."""
        assembly = self.build(only=[name], **arguments)
        manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
        stack = manifest["artifacts"][name]["properties"]
        stage = arguments.get("stage")
        assert stack.get("stackName", name) == (f"{name}-{stage}" if stage else name)
        return (assembly / str(stack["templateFile"])).read_text(encoding="utf-8")


def fingerprint() -> str:
    """Hash what assemblies are made of: files, by name and content."""
    said = hashlib.sha256()
    for path in sorted(_files()):
        said.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return said.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for name in (*SOURCES, *SHIPPED):
        top = ROOT / name
        found = [top] if top.is_file() else top.rglob("*")
        yield from (p for p in found if p.is_file() and "__pycache__" not in p.parts)


def _make(place: Path, said: Mapping[str, Any], suffix: str = ".making") -> None:
    """Build an assembly that is not there yet, under its name only when it is whole."""
    if not place.exists():
        being_made = place.with_suffix(suffix)
        shutil.rmtree(being_made, ignore_errors=True)
        gate(app.build_app(outdir=str(being_made), **said))
        try:
            being_made.rename(place)
        except OSError:
            if not place.exists():  # another, who was quicker, has made the same
                raise


@contextmanager
def _alone(lock: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock among all processes that build. Raises BlockingIOError rather than wait."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
