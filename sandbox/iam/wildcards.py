"""A policy's wildcards match every character of an ARN, the line breaks of an object key too."""

import re
from collections.abc import Callable
from functools import cache

from sandbox.core import patching
from sandbox.core.upstream import iam_evaluator

Compile = Callable[[str, bool], re.Pattern[str]]


def install() -> None:
    """Mend the emulator's patterns, for which a key with a line break is in no bucket."""
    patching.wrap(
        iam_evaluator,
        "_fnmatch_compile",
        across_lines,
        because="its wildcards stop at a line break, which a key of an object may hold",
    )


def across_lines(original: Compile) -> Compile:
    """Let ``*`` and ``?`` of compiled patterns match line breaks."""

    @cache
    def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
        found = original(pattern, ignore_case)
        return re.compile(found.pattern.removesuffix("$") + r"\Z", found.flags | re.DOTALL)

    return compiled
