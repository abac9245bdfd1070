"""A copy of the tree, into which an architecture is written as ``make new`` does."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.skeleton import write

ROOT = Path(__file__).parents[2]
NAME = "word_count"


def _listed():
    """List the files of the tree that git has, or would take."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - any git
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Copy the tree, with what is installed linked."""
    copy = tmp_path_factory.mktemp("tree")
    for name in _listed():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    for installed in ("node_modules", ".build"):
        if (ROOT / installed).exists():
            (copy / installed).symlink_to(ROOT / installed)
    return copy


@pytest.fixture(scope="module")
def before(tree):
    """Read all files of the copy before anything is written."""
    return {path: path.read_bytes() for path in tree.rglob("*") if _is_source(path)}


def _is_source(path):
    return path.is_file() and not {"node_modules", ".build", "__pycache__"} & set(path.parts)


@pytest.fixture(scope="module")
def run(tree):
    """Run a Python module in the copy; gives its output, and fails where it fails."""
    # The copy's own packages, and none of this tree.
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}

    def start(*arguments):
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-m", *arguments],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return start


@pytest.fixture(scope="module")
def written(tree, before, run):
    """Write the architecture, its pages and its goldens, as ``make new`` does."""
    code = [str(path) for path in write(tree, NAME) if path.suffix == ".py"]
    run("ruff", "check", "--fix", "--quiet", "--no-cache", *code)
    run("ruff", "format", "--quiet", "--no-cache", *code)
    run("docs.generate")
    golden = ("-m", "golden", "-k", "word_count or WordCount", f"tests/{NAME}", "tests/stacks")
    run("pytest", "-q", "-p", "no:cacheprovider", "--snapshot-update", *golden)
    return {path for path in tree.rglob("*") if _is_source(path)}
