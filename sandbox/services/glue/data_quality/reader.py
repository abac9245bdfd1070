"""The tokens of a ruleset, read one after the other."""

from sandbox.services.glue.data_quality.tokens import DqdlError, Token, tokens


class Reader:
    """The tokens of a ruleset, and how far they were read."""

    def __init__(self, source: str) -> None:
        self._source, self._tokens, self._at = source, list(tokens(source)), 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._at]

    def take(self) -> Token:
        """Read a token."""
        found = self.next
        self._at += found.kind != "end"
        return found

    def takes(self, *values: str) -> bool:
        """Read a word or sign."""
        if self.next.kind not in ("word", "sign") or self.next.value not in values:
            return False
        self.take()
        return True

    def want(self, *values: str) -> Token:
        """Read one of these, or fail."""
        found = self.next
        if not self.takes(*values):
            raise self.unexpected(found, f"wanted {' or '.join(values)}")
        return found

    def want_kind(self, kind: str) -> Token:
        """Read a token of a kind, or fail."""
        if self.next.kind != kind:
            raise self.unexpected(self.next, f"wanted a {kind}")
        return self.take()

    def unexpected(self, token: Token, why: str) -> DqdlError:
        """Say what was wanted in the place of a token."""
        return DqdlError(token.line, f"{why}, found {token.value!r}")

    def spelled(self, first: Token) -> str:
        """Spell what was read since a token, on one line."""
        return " ".join(self._source[first.start : self._tokens[self._at - 1].end].split())
