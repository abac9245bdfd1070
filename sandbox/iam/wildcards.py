"""A policy's wildcards match every character of an ARN, the line breaks of an object key too."""

import re
from collections.abc import Callable
from functools import cache

from sandbox.core import emulator

Compile = Callable[[str, bool], re.Pattern[str]]


def install() -> None:
    """Mend the emulator's patterns, for which a key with a line break is in no bucket."""
    emulator.replace(
        "ministack.core.iam_evaluator:_fnmatch_compile", "(pattern, ignore_case)", across_lines
    )


def across_lines(original: Compile) -> Compile:
    """Let ``*`` and ``?`` of compiled patterns match line breaks."""

    @cache
    def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
        found = original(pattern, ignore_case)
        return re.compile(found.pattern.removesuffix("$") + r"\Z", found.flags | re.DOTALL)

    return compiled
