"""Clean clones of commits, with an installation that is warm."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements-dev.txt", "package-lock.json")
INSTALLED = (".venv", "node_modules")


def clone(commit: str, folder: Path) -> Path:
    """Clone this repository at a commit into a folder below, and install what it needs."""
    tree = folder / commit
    _git("clone", "--quiet", "--no-checkout", str(ROOT), str(tree))
    _git("-C", str(tree), "checkout", "--quiet", "--detach", _git("rev-parse", commit))
    install(tree, candidates())
    return tree


def commit_of(tree: Path) -> str:
    """Read which commit a clone is at."""
    return _git("-C", str(tree), "rev-parse", "--short", "HEAD")


def candidates() -> list[Path]:
    """List trees with an installation: this one, and those that ``SUITE_INSTALLED`` names."""
    named = os.environ.get("SUITE_INSTALLED", "").split(os.pathsep)
    return [ROOT, *(Path(name) for name in named if name)]


def install(tree: Path, installed: list[Path]) -> None:
    """Link the installation of a tree with the same locks; where there is none, make one."""
    for other in installed:
        if all(_read(tree / lock) == _read(other / lock) for lock in LOCKS):
            for name in INSTALLED:
                (tree / name).symlink_to((other / name).resolve(), target_is_directory=True)
            return
    stamps = (".venv/installed/requirements-dev.txt", ".venv/installed/npm-dev")
    words = ["make", "--directory", str(tree), *stamps]
    subprocess.run(words, check=True)  # noqa: S603 (our own Makefile)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _git(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 (our own words)
        ["git", *words],  # noqa: S607 (the one of whoever measures)
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
