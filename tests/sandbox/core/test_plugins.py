"""That a missing engine is a clear refusal, and a listed plug-in always there."""

import asyncio
import importlib.util
import json
import sys

import pytest
from ministack import app as gateway
from ministack.core import router

from sandbox.core import plugins
from sandbox.core.plugins import Plugin
from sandbox.host.process import ROOT

FOUND = plugins.find()


@pytest.mark.parametrize("package", FOUND)
def test_a_listed_plugin_exists_and_names_a_requirement_file_that_does(package):
    plugin = FOUND[package]
    for part in plugin.parts:
        assert importlib.util.find_spec(f"{package}.{part}") is not None
    assert bool(plugin.needs) == bool(plugin.group) == bool(plugin.service)
    assert not plugin.group or (ROOT / plugin.group).is_file()


def test_every_module_that_installs_something_is_a_part_of_its_plugin():
    parts = {f"{package}.{part}" for package, plugin in FOUND.items() for part in plugin.parts}
    files = [*ROOT.glob("sandbox/iam/*.py"), *ROOT.glob("sandbox/services/**/*.py")]
    installing = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files
        if "\ndef install() -> None:" in path.read_text(encoding="utf-8")
    }
    assert installing == parts


def test_plugins_come_after_those_that_they_name_and_else_by_name():
    given = {
        "s.a": Plugin(parts=(), after=("c",)),
        "s.b": Plugin(parts=()),
        "s.c": Plugin(parts=(), after=("d",)),
        "s.d": Plugin(parts=()),
    }
    assert plugins.in_order(given) == ["s.b", "s.d", "s.c", "s.a"]


def test_a_circle_of_plugins_is_refused_by_name():
    given = {
        "s.a": Plugin(parts=(), after=("b",)),
        "s.b": Plugin(parts=(), after=("c",)),
        "s.c": Plugin(parts=(), after=("a",)),
    }
    with pytest.raises(ValueError, match=r"in a circle: (. after ){3}.$"):
        plugins.in_order(given)


def test_a_plugin_after_one_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"s\.a comes after z, which is no plug-in; there are a"):
        plugins.in_order({"s.a": Plugin(parts=(), after=("z",))})


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
        parts=("rules",),
        service="dreams",
        needs=("no_such_engine",),
        group="sandbox/groups/dreams.txt",
        newest_python=newest_python,
    )
    for name in ("SERVICE_HANDLERS", "SERVICE_REGISTRY", "_loaded_modules"):
        monkeypatch.setattr(gateway, name, dict(getattr(gateway, name)))
    monkeypatch.setattr(router, "SERVICE_PATTERNS", dict(router.SERVICE_PATTERNS))
    plugins.install({"sandbox.faults": dreams})
    headers = {"content-type": "application/x-amz-json-1.1"}
    handle = gateway.SERVICE_HANDLERS.get("dreams")
    status, _, body = asyncio.run(handle("POST", "/", headers, b"{}", {}))
    assert status == 501
    running = ".".join(map(str, sys.version_info[:2]))
    said = json.loads(body)
    assert said["__type"] == "NotImplemented"
    assert said["message"] == f"the sandbox cannot serve dreams: {because.format(running)}"


def test_an_engine_that_is_installed_later_serves_without_a_restart(monkeypatch, tmp_path):
    (tmp_path / "dreams").mkdir()
    (tmp_path / "dreams" / "__init__.py").touch()
    (tmp_path / "dreams" / "rules.py").write_text(
        "from sandbox.core import emulator\n\n\ndef install():\n"
        "    dreamt = {'Dream': lambda request: {'of': request['Of']}}\n"
        "    emulator.add_service('dreams', dreamt, target_prefix='Dreams')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("SERVICE_HANDLERS", "SERVICE_REGISTRY", "_loaded_modules"):
        monkeypatch.setattr(gateway, name, dict(getattr(gateway, name)))
    monkeypatch.setattr(router, "SERVICE_PATTERNS", dict(router.SERVICE_PATTERNS))
    plugins.install(
        {
            "dreams": Plugin(
                parts=("rules",), service="dreams", needs=("sleep_engine",), group="dreams.txt"
            )
        }
    )
    calls = []
    inner = gateway.SERVICE_HANDLERS["dreams"]

    async def watched(*request):
        calls.append(request[1])
        return await inner(*request)

    gateway.SERVICE_HANDLERS["dreams"] = watched
    headers = {"x-amz-target": "Dreams.Dream"}

    def call():
        handle = gateway.SERVICE_HANDLERS["dreams"]
        return asyncio.run(handle("POST", "/", headers, b'{"Of": "sheep"}', {}))

    assert call()[0] == 501
    (tmp_path / "sleep_engine.py").touch()
    assert [(status, json.loads(body)) for status, _, body in (call(), call())] == [
        (200, {"of": "sheep"})
    ] * 2
    assert len(calls) == 3  # who watches a service goes on to
