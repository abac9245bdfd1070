"""The laws of the house: who may import whom, and where things are."""

import re
from pathlib import Path

import pytest

from stacks.registry import ARCHITECTURES, snake_case
from testing.laws import (
    OURS,
    SOURCE_ROOTS,
    facts,
    imports,
    impurities,
    infrastructure,
    is_verb,
    other_packages,
    run_time_code,
    tops,
)

ROOT = Path(__file__).parents[1]
SNAKE = {name: snake_case(name) for name in ARCHITECTURES}
RUN_TIME_CODE = run_time_code(ROOT)
# For each package, which others of ours it may import.
ARROWS: dict[str, set[str]] = {
    "stacks": {"guardrails"},
    "guardrails": set(),
    "sandbox": set(),
    "fixtures": set(),
    "operations": set(),
    "costs": set(),
    "demos": {"stacks", "sandbox", "fixtures", "costs", "operations"},
    "benchmarks": {
        "app",
        "stacks",
        "guardrails",
        "sandbox",
        "fixtures",
        "costs",
        "demos",
        "operations",
    },
    "scaffold": set(),
    "docs": {"app", "stacks", "guardrails", "sandbox", "costs", "demos"},
}
# What only one package may bring in; tests look at all of it.
OWNERS = {
    "aws_cdk": {"stacks", "guardrails"},
    "constructs": {"stacks", "guardrails"},
    "cdk_nag": {"guardrails"},
    "cdk_monitoring_constructs": {"stacks"},
    "cloudformation_validate": {"guardrails"},
    "pydantic": {"stacks"},
    "ministack": {"sandbox"},
    "duckdb": {"sandbox", "fixtures", "benchmarks"},
    "sqlglot": {"sandbox"},
}
# Folders of tests that stand for none of ours: what other engines say about the same SQL.
ORACLES = {"oracles"}
DRAWERS = {"constants", "utils", "util", "helpers", "helper", "common", "base", "misc", "scripts"}


def files_of(package):
    return sorted(
        p
        for p in (ROOT / package).rglob("*.py")
        if "node_modules" not in p.parts and not any(part.startswith(".") for part in p.parts)
    )


@pytest.mark.parametrize("package", ARROWS)
def test_a_package_imports_only_what_the_arrows_allow(package):
    foreign = set(OURS) - {package} - ARROWS[package]
    wrong = {str(p.relative_to(ROOT)): tops(p) & foreign for p in files_of(package)}
    assert not {path: names for path, names in wrong.items() if names}


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_used_only_where_it_belongs(library):
    strangers = [name for name in OURS if name not in OWNERS[library] and name != "app"]
    assert not [p for name in strangers for p in files_of(name) if library in tops(p)]


def test_the_app_composes_stacks_and_guardrails_and_nothing_else_of_ours():
    assert tops(ROOT / "app.py") & set(OURS) == {"stacks", "guardrails"}


def test_no_test_imports_another():
    assert not [p for p in files_of("tests") if "tests" in tops(p) or "conftest" in tops(p)]


def test_helpers_of_tests_import_no_test_and_only_tests_import_them():
    assert files_of("testing")
    assert not [p for p in files_of("testing") if {"tests", "conftest"} & tops(p)]
    assert not [p for p in all_code() if "testing" in tops(p)]


def test_no_import_is_relative():
    for path in [*all_code(), *code_of_tests()]:
        assert not facts(path).is_relative, path


@pytest.mark.parametrize("name", SNAKE.values())
def test_no_stack_imports_another(name):
    others = {f"stacks.{other}" for other in SNAKE.values() if other != name}
    paths = [*ROOT.glob(f"stacks/{name}.py"), *files_of(f"stacks/{name}")]
    assert paths
    for path in paths:
        assert not {n for n in imports(path) if n.startswith(tuple(others))} if others else True


def test_shared_constructs_know_no_architecture():
    architectures = tuple(f"stacks.{name}" for name in SNAKE.values())
    for path in files_of("stacks/shared"):
        assert not [name for name in imports(path) if name.startswith(architectures)], path


def test_the_sandbox_knows_no_architecture():
    words = re.compile("|".join([*SNAKE, *SNAKE.values()]))
    knowing = [p for p in files_of("sandbox") if words.search(p.read_text(encoding="utf-8"))]
    assert not knowing


@pytest.mark.parametrize("code", RUN_TIME_CODE, ids=lambda p: p.stem)
def test_run_time_code_never_imports_infrastructure_nor_knows_the_sandbox(code):
    assert not list(infrastructure(ROOT, code))


@pytest.mark.parametrize("code", RUN_TIME_CODE, ids=lambda p: p.stem)
def test_an_architectures_code_imports_only_its_own_package(code):
    assert not list(other_packages(ROOT, code))


@pytest.mark.parametrize(
    "code", [p for p in RUN_TIME_CODE if not is_verb(p)], ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_a_module_named_by_a_noun_is_pure(code):
    assert not list(impurities(ROOT, code))


@pytest.mark.parametrize("name", SNAKE.values())
def test_a_stack_reads_at_a_glance(name):
    text = (ROOT / "stacks" / name / "stack.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120


@pytest.mark.parametrize("name", SNAKE.values())
def test_an_architecture_has_its_places(name):
    for place in (f"stacks/{name}/settings.py", f"tests/{name}/test_stack.py", f"docs/{name}.md"):
        assert (ROOT / place).is_file(), f"{name} has no {place}"
    code = [f"{root}/{name}/__init__.py" for root in SOURCE_ROOTS]
    assert any((ROOT / place).is_file() for place in code), f"{name} has none of {code}"
    assert f"[{name}]" in (ROOT / "config" / "default.toml").read_text()


def all_code():
    packages = [name for name in OURS if name != "app"]
    return [ROOT / "app.py", *RUN_TIME_CODE, *(p for name in packages for p in files_of(name))]


def code_of_tests():
    return [*files_of("testing"), *files_of("tests")]


def test_code_lies_in_the_documented_folders_only():
    known = {*OURS, *SOURCE_ROOTS, "testing", "tests", "node_modules", "cdk.out"}
    others = [p for p in ROOT.iterdir() if p.is_dir() and p.name[0] not in "._"]
    assert not [p for folder in others if folder.name not in known for p in folder.rglob("*.py")]


def test_the_tests_mirror_the_tree():
    tested = {p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and p.name[0] not in "._"}
    # Code that runs in AWS may be there before the stack that deploys it.
    packages = {p.parent.name for root in SOURCE_ROOTS for p in ROOT.glob(f"{root}/*/*.py")}
    assert tested <= {*OURS, *SNAKE.values(), *packages, "testing", *ORACLES}


def test_no_module_is_a_drawer():
    assert not [p for p in all_code() if p.stem in DRAWERS or p.parent.name in DRAWERS]


def test_every_module_says_in_one_line_what_it_is_for():
    for path in [*all_code(), *code_of_tests()]:
        doc = facts(path).doc or ("" if path.read_text(encoding="utf-8").strip() else "Empty.")
        assert doc, f"{path.relative_to(ROOT)} has no docstring"
        assert len(doc.splitlines()) == 1, path.relative_to(ROOT)
        assert doc.endswith((".", "?")), path.relative_to(ROOT)


def test_no_module_is_long():
    lengths = {
        str(p.relative_to(ROOT)): len(p.read_text().splitlines())
        for p in [*all_code(), *files_of("testing")]
    }
    assert not {path: length for path, length in lengths.items() if length > 400}


# A partition, an account, somebody's machine, somebody's registry.
# But for AWS's own registries of images, which have numbers and no names.
REGISTRIES = "registries.toml"
LITERALS = re.compile(
    r"arn:aws[a-z-]*:[a-z]|(?<![\da-f.])(?!0{12})\d{12}(?![\da-f.])"
    r"|(?<![\w.])/(?:home|root|Users)/\w|\bregistry\.npmjs\b|\bpypi\.(?:org|python)\b"
)
TEXTS = ("*.md", "*.toml", "*.json", "*.in", "*.txt", "Makefile", ".npmrc", ".ci/*", ".github/*/*")


def test_no_partition_account_machine_or_registry_is_a_literal():
    texts = [p for pattern in TEXTS for p in ROOT.glob(pattern) if p.is_file()]
    folders = [
        "config",
        "docs",
        "lambda",
        "sandbox",
        "stacks",
        "costs",
        "demos",
        "benchmarks",
        "fixtures",
    ]
    kinds = {".md", ".toml", ".json", ".sql", ".txt", ".in"}
    texts += [p for name in folders for p in (ROOT / name).rglob("*") if p.suffix in kinds]
    for path in [*all_code(), *texts]:
        if path.name == REGISTRIES:
            continue
        found = LITERALS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found}"


# Spelled in two parts, or this file would be its own finding.
LEFTOVERS = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b|for n" r"ow\b")


def test_nothing_is_left_for_later():
    for path in [*all_code(), *code_of_tests(), *ROOT.glob("stacks/**/*.sql")]:
        found = LEFTOVERS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found}"


SILENCED = re.compile(
    r"# (?:noqa|type: ignore)[^#\n]*?(?P<reason> - .+| \(.+|  # .+)?$", re.MULTILINE
)


def test_whoever_silences_a_tool_says_why():
    for path in [*all_code(), *code_of_tests()]:
        for found in SILENCED.finditer(path.read_text(encoding="utf-8")):
            assert found["reason"], f"{path.relative_to(ROOT)}: {found[0]}"


def test_every_requirement_has_a_reason():
    places = ("*.in", "demos/*.in", "sandbox/groups/*.in", "components/*/*.in", "jobs/*/*.in")
    for path in [found for place in places for found in ROOT.glob(place)]:
        for line in path.read_text(encoding="utf-8").splitlines():
            is_pin = line and not line.startswith(("#", "-"))
            assert not is_pin or "  # " in line or " # " in line, f"{path.name}: {line}"
