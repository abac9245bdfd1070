"""Write the skeleton of an architecture: its own folders, and a line in a few files of all."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template

TREE = Path(__file__).with_name("tree")
SUFFIX = ".in"  # what a template's name ends with, so that no tool takes it for what it will be
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)+")
LONGEST = 40


class ScaffoldError(ValueError):
    """A name that cannot be used; its text is meant for a person."""


def write(root: Path, name: str) -> list[Path]:
    """Write the skeleton of an architecture into a tree; returns what was made or changed.

    Raises ScaffoldError for a name that is no snake_case noun phrase, or is taken.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise ScaffoldError(
            f"{name!r} is no name; allowed: two words or more in snake_case, of at most {LONGEST} "
            "characters, such as data_lake; name what the architecture is"
        )
    words = {
        "name": name,
        "Name": "".join(word.capitalize() for word in name.split("_")),
        "title": name.replace("_", " ").capitalize(),
    }
    new = dict(_new_files(root, words))
    taken = [str(path.relative_to(root)) for path in new if path.exists()]
    if taken:
        raise ScaffoldError(f"{name} is taken by {taken[0]}; choose another, or remove that first")
    changed = {
        root / place: change((root / place).read_text(encoding="utf-8"), words)
        for place, change in CHANGES.items()
    }
    for path, text in {**new, **changed}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [*new, *changed]


def _new_files(root: Path, words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    for path in sorted(TREE.rglob(f"*{SUFFIX}")):
        place = str(path.relative_to(TREE)).removesuffix(SUFFIX).replace("_name_", words["name"])
        yield root / place, Template(path.read_text(encoding="utf-8")).substitute(words)


def _register(text: str, words: dict[str, str]) -> str:
    line = Template('    "$Name": Architecture("stacks.$name"),\n').substitute(words)
    return _insert(text, r"(?<=\nARCHITECTURES = \{\n)(    .*\n)+", line)


def _configure(text: str, words: dict[str, str]) -> str:
    return text + Template(
        "\n[$name]\n"
        "# Instances of the function that may run at once, of quotas.concurrent_functions; "
        "a whole number from 2 to 1000.\n"
        "concurrent_functions = 2\n"
        "# Deliveries of a message before it goes to the dead-letter queue; "
        "a whole number from 1 to 20.\n"
        "deliveries = 5\n"
    ).substitute(words)


def _introduce(text: str, words: dict[str, str]) -> str:
    row = Template(
        "| [`$Name`](docs/$name.md) | Counts the words of texts; S3, SQS, Lambda "
        "| see its page | a skeleton |\n"
    ).substitute(words)
    return _insert(text, r"(?<=\| Name \| What it does \|)(.*\n)(\|.*\n)+", row)


def _insert(text: str, lines: str, new: str) -> str:
    """Put a line behind those that a pattern finds."""
    found = re.search(lines, text)
    if not found:
        raise ScaffoldError(f"no lines like {lines!r} to put {new!r} behind; put it in by hand")
    return text[: found.end()] + new + text[found.end() :]


# What an architecture changes of the files that all share; a test holds that it is no more.
CHANGES: dict[str, Callable[[str, dict[str, str]], str]] = {
    "stacks/registry.py": _register,
    "config/default.toml": _configure,
    "README.md": _introduce,
}
