"""The laws of code that runs in AWS, on made-up trees: they find what they are there for."""

import subprocess
import sys
from pathlib import Path

import pytest

from stacks.shared.source_code import all_but
from testing.laws import LAWS, run_time_code

ROOT = Path(__file__).parents[2]
# In each source root, a package that keeps to the laws: a verb, a noun, and its own errors.
LAWFUL = {
    "{root}/tides/__init__.py": "",
    "{root}/tides/read_gauge.py": "import os\n\nimport boto3\n\nfrom tides.levels import highest\n",
    "{root}/tides/levels.py": "from botocore.exceptions import ClientError\n",
}
UNLAWFUL = {
    "infrastructure": [
        ("levels.py", "import aws_cdk\n", "imports aws_cdk, which does not run in AWS"),
        ("read_gauge.py", "from stacks.contracts import Events\n", "imports stacks, which"),
        ("read_gauge.py", "from testing.laws import LAWS\n", "imports testing, which"),
        ("levels.py", "IN_SANDBOX = True\n", "speaks of the sandbox"),
    ],
    "other packages": [
        ("read_gauge.py", "from moon.phases import full\n", "imports moon, which does not ship"),
        ("levels.py", "import sun.rise\n", "imports sun, which does not ship with it"),
        ("levels.py", "from jobs.tides import levels\n", "names the source root jobs in an import"),
    ],
    "impurities": [
        ("levels.py", "import boto3\n", "imports boto3, and its name is no verb"),
        ("levels.py", "import os\n", "imports os, and its name is no verb"),
        ("levels.py", "import botocore.session\n", "imports botocore, and its name is no verb"),
        ("levels.py", "from datetime import datetime\nTIME = datetime.now()\n", "the time by now"),
    ],
}
CASES = [(law, *case) for law, cases in UNLAWFUL.items() for case in cases]
SOURCE_ROOTS = ("lambda", "jobs", "components")


@pytest.fixture(params=SOURCE_ROOTS)
def source_root(request):
    return request.param


@pytest.fixture
def tree(tmp_path, source_root):
    """Write a tree with a lawful package in one source root, and its neighbours in others."""
    for name, text in LAWFUL.items():
        path = tmp_path / name.format(root=source_root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for neighbour in (f"{source_root}/moon", "components/sun"):
        (tmp_path / neighbour).mkdir(parents=True, exist_ok=True)
    return tmp_path


def found(tree, law):
    return [finding for path in run_time_code(tree) for finding in LAWS[law](tree, path)]


def test_there_may_be_no_such_code(tmp_path):
    (tmp_path / "jobs").mkdir()
    assert run_time_code(tmp_path) == []


def test_a_lawful_package_breaks_no_law(tree):
    assert len(run_time_code(tree)) == len(LAWFUL)
    assert not [finding for law in LAWS for finding in found(tree, law)]


@pytest.mark.parametrize(("law", "module", "text", "finding"), CASES)
def test_a_law_bites(tree, source_root, law, module, text, finding):
    (tree / source_root / "tides" / module).write_text(text)
    (told,) = found(tree, law)
    assert finding in told


def test_what_functions_share_ships_beside_functions_and_jobs(tree, source_root):
    (tree / source_root / "runtime").mkdir()
    (tree / source_root / "tides" / "read_gauge.py").write_text("from runtime import errors\n")
    told = found(tree, "other packages")
    expected = ["imports runtime, which does not ship with it"]
    assert told == (expected if source_root == "components" else [])


def test_a_package_ships_alone(tree, source_root):
    (tree / source_root / "moon" / "phases.py").write_text("")
    (tree / source_root / "tides" / "notes.txt").write_text("")
    names = {pattern[1:] for pattern in all_but(tree / source_root, "tides") if pattern[0] == "!"}
    assert names == {"tides", *(f"tides/{n}.py" for n in ("__init__", "read_gauge", "levels"))}


def test_every_source_root_is_typed_linted_and_imported_by_tests(tree, source_root, monkeypatch):
    """The tools' own settings, on the made-up tree: an error of type or style is found there."""
    (tree / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (tree / "test_tides.py").write_text("from tides.levels import ClientError\n\ndef test(): ...\n")
    wrong = tree / source_root / "tides" / "levels.py"

    def run(*arguments):
        done = subprocess.run(  # noqa: S603 - the pinned tools, our own words
            [sys.executable, "-m", *arguments],
            cwd=tree,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    assert run("pytest", "-q", "-p", "no:cacheprovider", "test_tides.py")[0] == 0
    wrong.write_text('"""Levels."""\n\nimport sys\n\nLEVEL: int = "high"\n')
    code, said = run("mypy", "--no-incremental")
    assert code
    assert f"{source_root}/tides/levels.py:5: error: Incompatible types" in said
    code, said = run("ruff", "check", "--no-cache", "--output-format", "concise", source_root)
    assert code
    assert f"{source_root}/tides/levels.py:3:8: F401" in said
