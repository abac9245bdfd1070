"""What one more architecture costs: its own folders, and a line in a few files of all."""

import shutil
from difflib import ndiff
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME, TITLE = "word_count", "WordCount"
DEMO = {TITLE: NAME}
# Where an architecture's own files lie.
OWN = ("stacks", "lambda", "tests", "demos", "costs", "docs", "docs/images", "benchmarks")
BY_HAND = {"stacks/registry.py", "config/default.toml", "costs/prices.toml", "README.md"}
GENERATED = {"docs/new-account.md", "docs/security-waivers.md"}


@pytest.fixture(scope="module")
def changes(tree, before, written):
    """Name what was made or changed, apart from the architecture's own folders and files."""
    touched = {path for path in written if before.get(path) != path.read_bytes()}
    touched |= before.keys() - written
    return {str(path.relative_to(tree)) for path in touched}


def _is_own(name):
    return any(name.startswith((f"{folder}/{NAME}/", f"{folder}/{NAME}.")) for folder in OWN)


def test_only_registry_settings_prices_and_readme_are_touched_outside_its_own_folders(
    changes, capsys
):
    # Goldens lie by architecture beside the tests of all.
    goldens = {name for name in changes if "__snapshots__" in name and f"[{TITLE}]" in name}
    outside = {name for name in changes - goldens if not _is_own(name)}
    with capsys.disabled():
        print(f"\ntouched outside its own folders: {', '.join(sorted(outside - GENERATED))}")
        print(f"generated for all: {', '.join(sorted(outside & GENERATED))}")
    assert outside <= BY_HAND | GENERATED
    assert {"stacks/registry.py", "config/default.toml", "README.md"} <= outside
    assert all(any(name.startswith(f"{folder}/{NAME}") for name in changes) for folder in OWN[:6])


def test_a_few_lines_are_added_to_what_all_share_and_none_is_taken_away(tree, before, written):
    added = {}
    for name in ("stacks/registry.py", "config/default.toml", "README.md"):
        old = before[tree / name].decode().splitlines()
        new = (tree / name).read_text(encoding="utf-8").splitlines()
        edits = [line[0] for line in ndiff(old, new) if line[0] in "+-?"]
        assert set(edits) == {"+"}
        added[name] = len(edits)
    assert added == {"stacks/registry.py": 1, "config/default.toml": 6, "README.md": 1}


def test_its_format_and_style_pass(run, written):
    run("ruff", "format", "--check", "--no-cache", ".")
    run("ruff", "check", "--no-cache", ".")


def test_its_types_pass(tree, run, written):
    """To read the CDK's types takes a minute, so what `make types` has read is taken from there."""
    cache = ROOT / ".mypy_cache"
    if cache.exists():
        shutil.copytree(cache, tree / cache.name)
    own = (f"stacks/{NAME}", f"lambda/{NAME}", f"demos/{NAME}", f"tests/{NAME}", f"costs/{NAME}.py")
    run("mypy", *own)


def test_synth_guardrails_laws_promises_demos_and_pages_take_it_as_it_is(run, written):
    said = run(
        # Of what is held for each architecture, only this one's; of the house, every law.
        *("pytest", "-q", "-p", "no:cacheprovider", "-k", f"{TITLE} or {NAME} or test_house"),
        *(f"tests/{NAME}", "tests/test_house.py", "tests/test_permissions.py"),
        *("tests/docs/test_pages.py", "tests/docs/test_alarms.py", "tests/demos/test_diagrams.py"),
        "tests/stacks",
    )
    assert "failed" not in said


def test_its_demo_is_found_by_its_folder(run, written):
    chosen = f"chosen({TITLE!r}) == {DEMO!r}"
    run("timeit", "-n", "1", "-r", "1", f"from demos.__main__ import chosen; assert {chosen}")
