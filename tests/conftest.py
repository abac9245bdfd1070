"""What the tests share: each architecture is synthesized once per run, one sandbox serves all."""

import base64
import importlib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

import app as app_module  # first of ours: it chooses the Node that aws_cdk starts
from guardrails import gate
from sandbox import client

Template = dict[str, Any]

ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")
PRESTO_VIEW = re.compile(r"/\* Presto View: (\S+) \*/")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "golden: compares with a file that `make snapshots` writes")


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Build the real app, let the gate judge it, and return the folder it was written to."""

    def build(**arguments: Any) -> Path:
        out = tmp_path_factory.mktemp("cdk.out")
        gate(app_module.build_app(outdir=str(out), **arguments))
        return out

    return build


@pytest.fixture(scope="session")
def assembly(synthesize: Callable[..., Path]) -> Callable[[str], Path]:
    """Synthesize one architecture, once per run, as an account in an unknown Region gets it."""
    return cache(lambda name: synthesize(only=[name], region="unknown"))


@pytest.fixture(scope="session")
def template(assembly: Callable[[str], Path]) -> Callable[[str], Template]:
    """Read one architecture's template, with asset hashes blanked so that only design shows."""

    @cache
    def text(name: str) -> str:
        written = (assembly(name) / f"{name}.template.json").read_text(encoding="utf-8")
        return ASSET_HASH.sub("<asset>", written)

    return lambda name: json.loads(text(name))


@pytest.fixture
def readable() -> Callable[[Template], Template]:
    """Decode Athena's views, which a template holds in base64, so that a diff shows their SQL."""

    def decode(found: Template) -> Template:
        for resource in found["Resources"].values():
            table = resource["Properties"].get("TableInput", {})
            if view := PRESTO_VIEW.match(table.get("ViewOriginalText", "")):
                definition = json.loads(base64.b64decode(view[1]))
                definition["originalSql"] = definition["originalSql"].splitlines()
                table["ViewOriginalText"] = {"Presto View": definition}
        return found

    return decode


@pytest.fixture
def snapshot_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Keep each snapshot as one readable JSON file, so that its diff reads like a review."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.fixture(scope="session")
def statements() -> Callable[..., list[dict[str, Any]]]:
    """Collect what the policies of the role with this logical id prefix allow."""

    def collect(found: Template, *, role: str) -> list[dict[str, Any]]:
        return [
            statement
            for resource in found["Resources"].values()
            if resource["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
            and any(r["Ref"].startswith(role) for r in resource["Properties"]["Roles"])
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        ]

    return collect


@pytest.fixture(scope="session")
def handler_of() -> Callable[[str], Any]:
    """Import what a function's ``Handler`` names, as Lambda does."""

    def find(handler: str) -> Any:
        module, _, name = handler.rpartition(".")
        return getattr(importlib.import_module(module), name)

    return find


@pytest.fixture(scope="session")
def sandbox() -> Iterator[client.Sandbox]:
    """Start the embedded AWS once, with IAM enforced; it ends with the tests."""
    with client.start() as running:
        yield running
