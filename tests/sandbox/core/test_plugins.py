"""That a missing engine is a clear refusal, and a listed plug-in always there."""

import asyncio
import importlib.util
import json
import sys

import pytest
from ministack import app as gateway
from ministack.core import router

from sandbox.core import plugins
from sandbox.core.plugins import PLUGINS, Plugin
from sandbox.host.process import ROOT


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.module)
def test_a_listed_plugin_exists_and_names_a_requirement_file_that_does(plugin):
    assert importlib.util.find_spec(plugin.module) is not None
    assert bool(plugin.needs) == bool(plugin.group) == bool(plugin.service)
    assert not plugin.group or (ROOT / plugin.group).is_file()


@pytest.mark.parametrize(
    ("newest_python", "because"),
    [
        (None, "no_such_engine is not installed; pip install -r sandbox/groups/dreams.txt"),
        (
            sys.version_info[:2],
            "no_such_engine is not installed; pip install -r sandbox/groups/dreams.txt",
        ),
        (
            (3, 9),
            "there is no wheel of no_such_engine for Python {}; "
            "run the sandbox on Python 3.9 or older",
        ),
    ],
)
def test_a_service_without_its_engine_says_what_to_do(monkeypatch, newest_python, because):
    dreams = Plugin(
        "sandbox.faults.rules",
        "dreams",
        ("no_such_engine",),
        "sandbox/groups/dreams.txt",
        newest_python=newest_python,
    )
    monkeypatch.setattr(plugins, "PLUGINS", (dreams,))
    for name in ("SERVICE_HANDLERS", "SERVICE_REGISTRY", "_loaded_modules"):
        monkeypatch.setattr(gateway, name, dict(getattr(gateway, name)))
    monkeypatch.setattr(router, "SERVICE_PATTERNS", dict(router.SERVICE_PATTERNS))
    plugins.install_all()
    headers = {"content-type": "application/x-amz-json-1.1"}
    handle = gateway.SERVICE_HANDLERS.get("dreams")
    status, _, body = asyncio.run(handle("POST", "/", headers, b"{}", {}))
    assert status == 501
    running = ".".join(map(str, sys.version_info[:2]))
    said = json.loads(body)
    assert said["__type"] == "NotImplemented"
    assert said["message"] == f"the sandbox cannot serve dreams: {because.format(running)}"
