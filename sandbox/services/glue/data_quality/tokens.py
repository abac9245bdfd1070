"""The tokens of DQDL, each with the line that it stands in."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# AWS's own grammar is https://github.com/awslabs/dqdl.
_TOKEN = re.compile(
    r"""(?P<blank>\s+|\#[^\n]*)
    |(?P<text>"(?:\\.|[^"\\])*")
    |(?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    |(?P<word>[A-Za-z_][\w.]*)
    |(?P<sign>!=|>=|<=|[=<>!\[\](),:{}+-])""",
    re.VERBOSE,
)


class DqdlError(Exception):
    """A ruleset that cannot be read, or not carried out here: where, what, and what is allowed."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


class Token(NamedTuple):
    """A piece of a ruleset: ``kind`` is text, number, word, sign or end; text is unquoted."""

    kind: str
    value: str
    line: int
    start: int
    end: int


def tokens(source: str) -> Iterator[Token]:
    """Cut a ruleset into tokens, the last one of which is the end."""
    at, line = 0, 1
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise DqdlError(line, f"unexpected {source[at]!r}")
        kind, spelled = str(found.lastgroup), found[0]
        if kind != "blank":
            value = re.sub(r"\\(.)", _unescaped, spelled[1:-1]) if kind == "text" else spelled
            yield Token(kind, value, line, at, found.end())
        line += spelled.count("\n")
        at = found.end()
    yield Token("end", "the end", line, at, at)


def _unescaped(found: re.Match[str]) -> str:
    """Take the backslash from a quote or a backslash; before all else it is a character."""
    return found[1] if found[1] in '"\\' else found[0]
