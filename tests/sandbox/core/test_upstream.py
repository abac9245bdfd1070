"""All that the sandbox uses of MiniStack is declared, is there, and is used."""

import ast
import json
import re
import subprocess
import sys
from importlib import import_module

import pytest

from sandbox.core import patching, plugins
from sandbox.host.process import ROOT

FILES = sorted((ROOT / "sandbox").rglob("*.py"))
UPSTREAM = [path for path in FILES if path.name == "upstream.py"]
CODE = [path for path in FILES if path not in UPSTREAM]


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def modules_of(path):
    """List the modules of MiniStack that an upstream.py declares."""
    found = vars(import_module(module_of(path))).values()
    return [value for value in found if isinstance(value, patching.Module)]


@pytest.fixture(scope="module")
def replaced():
    """Read what stands where once all plug-ins are installed, in a process of its own."""
    program = (
        "import json\nfrom dataclasses import asdict\n"
        "from sandbox.core import patching\nfrom sandbox.host import server\nserver.prepare()\n"
        "print(json.dumps([asdict(found) for found in patching.replacements()]))"
    )
    done = subprocess.run(  # noqa: S603 (our own text, four lines up)
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_no_module_reaches_into_the_emulator_but_by_what_is_declared(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not [a.name for a in node.names if a.name.partition(".")[0] == "ministack"]
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] != "ministack"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.match(r"ministack\.[a-z_.]+(:|$)", node.value), node.value


@pytest.mark.parametrize("path", UPSTREAM, ids=module_of)
def test_every_declared_name_is_there_as_declared_and_is_used(path):
    code = "\n".join(file.read_text(encoding="utf-8") for file in CODE)
    for module in modules_of(path):
        for name in module.upstream_names:
            assert patching._difference(module, name) is None
            assert re.search(rf"\b{re.escape(name)}\b", code), f"{name} is used nowhere"


def test_no_name_is_declared_twice():
    names = [
        f"{module.upstream_path}:{name}"
        for path in UPSTREAM
        for module in modules_of(path)
        for name in module.upstream_names
    ]
    assert sorted(set(names)) == sorted(names)


def test_every_replacement_says_why(replaced):
    assert len(replaced) > 100
    assert not [found for found in replaced if len(found["because"].split()) < 3]


def test_a_plugin_that_wraps_what_another_owns_comes_after_it(replaced):
    found = plugins.find()
    owners = {
        module.upstream_path: module_of(path.parent)
        for path in UPSTREAM
        for module in modules_of(path)
    }
    order = plugins.in_order(found)
    for one in replaced:
        ours = "sandbox." + one["ours"].rpartition(".")[0].rpartition(".")[0]
        owner = owners[one["target"].partition(":")[0]]
        if ours in found and owner in found and ours != owner:
            assert owner.rpartition(".")[2] in found[ours].after, one
            assert order.index(owner) < order.index(ours)
