"""Find out which stacks ``cdk deploy NAME`` names, so that only those are built."""

import os
import subprocess
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePath

VERBS = frozenset({"synth", "synthesize", "deploy", "diff", "destroy", "watch", "import"})
DEPLOYING = frozenset({"deploy", "watch", "import"})
WILDCARDS = frozenset("*?[]{}!")
ANCESTORS = 6  # python, a shell, node, and room for wrappers between them


def selected(known: Collection[str]) -> list[str] | None:
    """Return the known stacks that the running CDK CLI was asked for; None for all.

    The CDK CLI runs the app without telling it what was selected. Building everything would let a
    violation in one architecture block the deployment of another, so the command line of the CLI,
    a parent process, is read. Whatever is not understood means everything: a stack too many is
    slow, a stack too few would be wrong.
    """
    for command in ancestors(os.getppid()):
        arguments = cli_arguments(command)
        if arguments is not None:
            return named_stacks(arguments, known)
    return None


def deploys() -> bool:
    """Tell whether the running CDK CLI is to deploy what it builds, such as by ``deploy --all``."""
    found = (cli_arguments(command) for command in ancestors(os.getppid()))
    return next((a[0] in DEPLOYING for a in found if a), False)


def cli_arguments(command: Sequence[str]) -> Sequence[str] | None:
    """Return what follows ``node …/cdk`` in a process's command line; None for other programs."""
    for place, word in enumerate(command[:3]):
        path = PurePath(word)
        is_script = path.name in {"cdk", "cdk.js"} and (place > 0 or len(path.parts) > 1)
        runs_node = place > 0 and PurePath(command[0]).name.startswith("node")
        if is_script and (runs_node or place == 0):
            return command[place + 1 :]
    return None


def named_stacks(arguments: Sequence[str], known: Collection[str]) -> list[str] | None:
    """Return the stacks that arguments such as ``deploy A -c x=y`` name; None for all.

    A word after an option may be the option's value: it counts as a stack only if it is a known
    one, which at worst builds one too many.
    """
    if not arguments or arguments[0] not in VERBS:
        return None
    stacks: list[str] = []
    after_option = False
    for word in arguments[1:]:
        if word == "--all" or word.startswith("--all="):
            return None
        if word.startswith("-"):
            after_option = "=" not in word
            continue
        if word in known:
            stacks.append(word)
        elif not after_option or WILDCARDS & set(word):
            return None
        after_option = False
    return stacks or None


def ancestors(pid: int) -> Iterator[list[str]]:
    """Yield the command lines of a process and of those above it, as far as they can be read."""
    for _ in range(ANCESTORS):
        if pid <= 1:
            return
        try:
            parent, command = _linux(pid) if Path("/proc/self/stat").exists() else _macos(pid)
        except (OSError, ValueError, subprocess.SubprocessError):
            return
        yield command
        pid = parent


def _linux(pid: int) -> tuple[int, list[str]]:
    process = Path("/proc", str(pid))
    # The second field is the program's name in brackets and may hold anything, brackets too.
    parent = int(process.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    command = process.joinpath("cmdline").read_bytes().decode(errors="replace")
    return parent, command.split("\0")[:-1]


def _macos(pid: int) -> tuple[int, list[str]]:
    shown = subprocess.run(  # noqa: S603 - no shell, and the only argument is a number
        ["/bin/ps", "-o", "ppid=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=True,
        timeout=5,
    ).stdout.split()
    return int(shown[0]), shown[1:]
