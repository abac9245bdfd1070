"""The laws of code that runs in AWS, for any tree: what it may import, and what a name promises."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

SOURCE_ROOTS = ("lambda", "jobs", "components")
# By source root: what every package of it may import. A job may ship with what functions have.
SHIPPED_BESIDE = {"lambda": {"runtime"}, "jobs": {"runtime"}}
OURS = [
    "app",
    "stacks",
    "guardrails",
    "sandbox",
    "fixtures",
    "operations",
    "costs",
    "demos",
    "benchmarks",
    "docs",
    "scaffold",
]
INFRASTRUCTURE = {"aws_cdk", "constructs", "cdk_nag", "testing", *OURS}
IMPURE = {"boto3", "botocore", "os", "time", "logging", "subprocess", "socket", "random", "secrets"}
WALL_CLOCKS = {"now", "today", "utcnow"}
# A module whose name starts with one of these is a verb: it may touch AWS.
VERBS = {"analyze", "ask", "assemble", "build", "catalog", "delete", "erase", "finish", "identify"}
VERBS |= {"measure", "merge", "model", "publish", "put", "read", "record", "redact", "split"}
VERBS |= {"evaluate", "explain", "predict", "prepare", "remove", "serve", "start", "stop"}
VERBS |= {"stream", "train", "watch"} | {"open", "screen", "sift", "close"}


def run_time_code(root: Path) -> list[Path]:
    """List the modules that run in AWS; a source root may be empty, or not be there."""
    return sorted(path for name in SOURCE_ROOTS for path in root.glob(f"{name}/**/*.py"))


class Facts(NamedTuple):
    """What a module imports, whether anything of it by a relative name, and its docstring."""

    imports: frozenset[str]
    is_relative: bool
    doc: str | None


@cache
def facts(path: Path) -> Facts:
    """Read a module once for all laws; its tree would be too large to keep."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found, is_relative = set(), False
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            is_relative |= node.level > 0
    return Facts(frozenset(found), is_relative, ast.get_docstring(tree))


def imports(path: Path) -> frozenset[str]:
    """List what a module imports, with the dots of the names but without relative ones."""
    return facts(path).imports


@cache
def tops(path: Path) -> frozenset[str]:
    """List the packages that a module imports from."""
    return frozenset(name.partition(".")[0] for name in imports(path))


def is_verb(path: Path) -> bool:
    """Tell whether a module may touch AWS by its name."""
    return path.stem.partition("_")[0] in VERBS or path.stem == "__init__"


def infrastructure(root: Path, path: Path) -> Iterator[str]:
    """Find what deploys, simulates or tests the code: it must not know of any of it."""
    for name in sorted(tops(path) & INFRASTRUCTURE):
        yield f"imports {name}, which does not run in AWS"
    if "sandbox" in path.read_text(encoding="utf-8").lower():
        yield "speaks of the sandbox"


def other_packages(root: Path, path: Path) -> Iterator[str]:
    """Find other architectures' packages, of whatever source root: they do not ship with this."""
    packages = {p.name for name in SOURCE_ROOTS for p in root.glob(f"{name}/*") if p.is_dir()}
    source_root, own, *_ = path.relative_to(root).parts
    for name in sorted((tops(path) & packages) - {own} - SHIPPED_BESIDE.get(source_root, set())):
        yield f"imports {name}, which does not ship with it"
    for name in sorted(tops(path) & set(SOURCE_ROOTS)):
        yield f"names the source root {name} in an import"


def impurities(root: Path, path: Path) -> Iterator[str]:
    """Find AWS, the clock, the environment and the log in a module that is named by a noun."""
    if is_verb(path):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for name in sorted(called & WALL_CLOCKS):
        yield f"asks for the time by {name}"
    # The words for AWS's errors are data; asking AWS is not.
    words = {name for name in imports(path) if name.startswith("botocore")}
    impure = tops(path) & IMPURE
    for name in sorted(impure - {"botocore"} if words <= {"botocore.exceptions"} else impure):
        yield f"imports {name}, and its name is no verb"


LAWS: dict[str, Callable[[Path, Path], Iterator[str]]] = {
    "infrastructure": infrastructure,
    "other packages": other_packages,
    "impurities": impurities,
}
