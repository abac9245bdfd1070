"""An app that is quickly built, and tells how often it was."""

import time
from pathlib import Path

import pytest

import app
from testing import assemblies


@pytest.fixture
def built(monkeypatch):
    """Stand in for the app, which takes its time; gives the arguments of each build."""
    arguments = []

    def build_app(outdir, **asked):
        arguments.append(asked)
        time.sleep(0.05)
        Path(outdir).mkdir()

    monkeypatch.setattr(app, "build_app", build_app)
    monkeypatch.setattr(assemblies, "gate", lambda built_app: None)
    return arguments
